using System.Runtime.ExceptionServices;

namespace Mneme.Worker.Torch;

/// <summary>What an OS thread needs before it trains.</summary>
public static class TorchThread
{
    /// <summary>Training yields to heartbeats and to whoever sits at the machine.</summary>
    private const int Politeness = 5;

    private static readonly Lock ProcessGate = new();
    private static bool processIsPrepared;

    /// <summary>One intra-op thread, denormals flushed to zero, nice +5: for the calling thread.
    /// Threads of the pool must not call this; they would keep the lower priority.</summary>
    public static void Prepare(int niceness = Politeness)
    {
        PrepareProcess();
        if (Native.PrepareThread(niceness) < 0) throw new TorchException(Native.Error());
    }

    /// <summary>Computes on a thread of its own, set up as training threads are.</summary>
    public static T Run<T>(Func<T> compute)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Prepare();
                using var scope = new TensorScope();
                result = compute();
            }
            catch (Exception error) { failure = ExceptionDispatchInfo.Capture(error); }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private static void PrepareProcess()
    {
        lock (ProcessGate)
        {
            if (!processIsPrepared) Native.KeepFreedMemory();
            processIsPrepared = true;
        }
    }
}
