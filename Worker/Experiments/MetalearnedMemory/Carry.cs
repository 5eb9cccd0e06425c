using Mneme.Worker.Cohorts;
using Mneme.Worker.Memories;
using Mneme.Worker.Torch;

namespace Mneme.Worker.Experiments;

/// <summary>What outlives a turn. Lanes may differ in it; what is forgotten is selected away.
/// </summary>
/// <param name="Memory">Lanes that keep the memory; null: all do.   // [sample, 1, 1]</param>
/// <param name="Controller">Lanes that keep the controller's state and the last read; null: all
/// do.   // [lane, 1, 1]</param>
internal sealed record Carry(Tensor? Memory, Tensor? Controller)
{
    public static Carry Of(Lanes lanes, LaneState state, int batch)
    {
        var memory = lanes.Each(lane => lane.Text("carry") != "none");
        var controller = lanes.Each(lane => lane.Text("carry") == "all");
        return new Carry(
            memory.All(keeps => keeps) ? null : state.Hold(lanes.PerSample(memory, batch)),
            controller.All(keeps => keeps) ? null
                : state.Hold(Tensor.From(controller, [lanes.Count, 1, 1], lanes.Device)));
    }

    /// <param name="empty">The memory with nothing in it.</param>
    public ControllerState Over(ControllerState state, NeuralMemory empty) => new(
        Kept(state.Hidden), Kept(state.Cell), Kept(state.Read),
        Memory is null ? state.Memory : state.Memory with
        {
            Weights = [.. state.Memory.Weights.Select((weight, l) =>
                Tensor.Where(Memory, weight, empty.Weights[l]))],
        });

    private Tensor Kept(Tensor tensor) => Controller is null ? tensor
        : Tensor.Where(Controller, tensor, tensor.ZerosLike());
}
