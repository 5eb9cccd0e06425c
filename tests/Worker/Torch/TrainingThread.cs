using System.Runtime.ExceptionServices;
using Mneme.Worker.Torch;

namespace Mneme.Tests.Worker.Torch;

/// <summary>Runs a body as training does: on a prepared OS thread, inside a scope.</summary>
internal static class TrainingThread
{
    internal static T Run<T>(Func<T> body)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                TorchThread.Prepare();
                using var scope = new TensorScope();
                result = body();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>The same with our own operators as a GPU would have them.</summary>
    internal static T RunElsewhere<T>(Func<T> body) => Run(() =>
    {
        Native.PretendElsewhere(1);                     // of this thread, which ends with it
        return body();
    });

    internal static void Run(Action body) => Run(() =>
    {
        body();
        return true;
    });
}
