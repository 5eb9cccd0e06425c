using System.Globalization;

namespace Mneme.Tests.Chaos;

/// <summary>How much chaos: <c>[--kills N] [--minutes M] [--seed S] [--quick]</c>.</summary>
/// <param name="Kills">Of workers, and as many of leading coordinators.</param>
/// <param name="Minutes">About how long the cluster has to train.</param>
/// <param name="Seed">Of what strikes whom and when.</param>
/// <param name="Others">Kills of the broker, kills of the database, frozen workers: each.</param>
internal sealed record ChaosOptions(int Kills, double Minutes, uint Seed, int Others)
{
    public const string Usage =
        "Usage: ./mneme test chaos [--kills N] [--minutes M] [--seed S] [--quick]";

    /// <summary>Null: the arguments are none of it.</summary>
    public static ChaosOptions? Parse(string[] arguments)
    {
        var options = arguments.Contains("--quick")
            ? new ChaosOptions(2, 2.5, FreshSeed(), 1)
            : new ChaosOptions(20, 8, FreshSeed(), 3);
        var rest = arguments.Where(argument => argument != "--quick").ToArray();
        for (var i = 0; i < rest.Length; i += 2)
            if (i + 1 == rest.Length || options.With(rest[i], rest[i + 1]) is not { } changed)
                return null;
            else options = changed;
        return options;
    }

    private ChaosOptions? With(string name, string value) => name switch
    {
        "--kills" when int.TryParse(value, out var kills) && kills > 0 =>
            this with { Kills = kills },
        "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out var minutes)
            && minutes > 0 => this with { Minutes = minutes },
        "--seed" when uint.TryParse(value, out var seed) => this with { Seed = seed },
        _ => null,
    };

    private static uint FreshSeed() => (uint)TimeProvider.System.GetTimestamp() % 1_000_000;
}
