using System.Runtime.CompilerServices;

namespace Mneme.Tests.Worker.Torch;

/// <summary>A thread that nobody prepared for training. It begins before any test does: a new
/// thread takes over how its maker rounds, and a test's own thread may be prepared.</summary>
internal static class PlainThread
{
    private static readonly SemaphoreSlim Given = new(0), Done = new(0);
    private static Action work = () => { };
    private static Exception? failure;

    [ModuleInitializer]
    internal static void Begin() => new Thread(() =>
    {
        while (true)
        {
            Given.Wait();
            try { work(); }
            catch (Exception exception) { failure = exception; }
            Done.Release();
        }
    })
    { IsBackground = true }.Start();

    /// <summary>For one caller.</summary>
    internal static void Run(Action body)
    {
        work = body;
        Given.Release();
        Done.Wait();
        if (failure is not null) throw new InvalidOperationException("it failed there", failure);
    }
}
