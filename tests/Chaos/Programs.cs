using Mneme.Tests.Tidy;

namespace Mneme.Tests.Chaos;

/// <summary>The programs as they are installed: those beside the tests borrow from each other's
/// folder. The launcher names a copy that no build changes meanwhile.</summary>
internal static class Programs
{
    private static readonly string? Held = Environment.GetEnvironmentVariable("MNEME_PROGRAM");

    public static string Mneme { get; } = Held is null
        ? Built("Coordinator", "mneme.dll")
        : Path.Combine(Held, "mneme.dll");

    public static string Worker { get; } = Held is null
        ? Built("Worker", "mneme-worker.dll")
        : Path.Combine(Held, "worker", "mneme-worker.dll");

    private static string Built(string project, string file) =>
        Path.Combine(Repository.Root, ".build", "bin", project, "release", file);
}
