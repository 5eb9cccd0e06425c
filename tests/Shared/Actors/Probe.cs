using Mneme.Actors;

namespace Mneme.Tests.Shared.Actors;

/// <summary>An actor made of lambdas that writes down what it is told.</summary>
public sealed class Probe<M> : Actor<M> where M : notnull
{
    public List<M> Received { get; init; } = [];
    public List<Signal> Signals { get; init; } = [];
    public Func<Scope<M>, ValueTask>? OnStart { get; init; }
    public Func<Scope<M>, M, ValueTask>? OnMessage { get; init; }
    public Func<Scope<M>, Signal, ValueTask>? OnSignal { get; init; }

    protected override ValueTask Started() => OnStart?.Invoke(Here) ?? default;

    protected override ValueTask Receive(M message)
    {
        Received.Add(message);
        return OnMessage?.Invoke(Here, message) ?? default;
    }

    protected override ValueTask Notice(Signal signal)
    {
        Signals.Add(signal);
        return OnSignal?.Invoke(Here, signal) ?? default;
    }
}
