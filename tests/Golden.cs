using Mneme.Tests.Tidy;
using Shouldly;

namespace Mneme.Tests;

/// <summary>Texts that may not change unnoticed: formats that stored files and other processes
/// hold. <c>MNEME_GOLDEN=update</c> writes them anew.</summary>
internal static class Golden
{
    public static void Check(string name, string text)
    {
        var path = Path.Combine(Repository.Root, "tests", "golden", name);
        if (Environment.GetEnvironmentVariable("MNEME_GOLDEN") == "update")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text + "\n");
        }
        File.ReadAllText(path).TrimEnd('\n').ShouldBe(text, $"{name} differs");
    }
}
