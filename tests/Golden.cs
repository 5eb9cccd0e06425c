using System.Runtime.CompilerServices;
using Shouldly;

namespace Mneme.Tests;

/// <summary>Texts that may not change unnoticed: formats that stored files and other processes hold.
/// <c>MNEME_GOLDEN=update</c> writes them anew.</summary>
internal static class Golden
{
    public static void Check(string name, string text, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Root(here), "golden", name);
        if (Environment.GetEnvironmentVariable("MNEME_GOLDEN") == "update")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text + "\n");
        }
        File.ReadAllText(path).TrimEnd('\n').ShouldBe(text, $"{name} differs");
    }

    private static string Root(string here)
    {
        var folder = Path.GetDirectoryName(here)!;
        while (!File.Exists(Path.Combine(folder, "Tests.csproj"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
