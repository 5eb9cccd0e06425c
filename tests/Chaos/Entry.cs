namespace Mneme.Tests.Chaos;

/// <summary>The test assembly as a program: what must not run inside a test runner.</summary>
internal static class Entry
{
    public static async Task<int> Main(string[] arguments) => arguments switch
    {
        ["lodger", var url] => await Lodger.Run(url),
        ["chaos", .. var options] => await ChaosProof.Run(options),
        _ => 2,
    };
}
