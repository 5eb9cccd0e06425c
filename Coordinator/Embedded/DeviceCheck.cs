using Mneme.Worker.Torch;

namespace Mneme.Coordinator.Embedded;

/// <summary>Whether this machine can train where a spec wants to.</summary>
public static class DeviceCheck
{
    /// <exception cref="UserError">The libtorch in use has no such device.</exception>
    public static void Demand(string device)
    {
        if (new Device(device).IsCpu || LibTorch.HasCuda) return;
        throw new UserError(
            $"the experiment wants the device {device}, and the libtorch in use (version "
            + $"{LibTorch.Version}) knows no GPU. Write 'resources: {{device: cpu}}', or set "
            + "MNEME_LIBTORCH to a libtorch with CUDA: 'python' means that of a pip install.");
    }
}
