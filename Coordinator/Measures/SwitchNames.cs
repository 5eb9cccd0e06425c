using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>The names of what is measured around a switch, as tables and pickle have them.
/// </summary>
internal static class SwitchNames
{
    /// <summary>What savings are shown by.</summary>
    public const string SavingsRatio = "savings_ratio_90";
    public const string TimeToNinety = "time_to_90";

    /// <param name="stride">Steps between two evaluations.</param>
    public static ImmutableArray<string> Values(long stride) =>
    [
        "old_level", "new_plateau", "drop", "drop_normalised", "dip_depth",
        "dip_depth_normalised", "dip_position", "dip_area", "area", "slope", "slope_normalised",
        .. Each("savings_ratio"), .. Each("savings"), "rescue", "rescue_by_attention",
        "mean_online_accuracy",
        $"min_acc@{stride}", $"wc_acc@{stride}", $"wf10@{stride}", $"wp10@{stride}",
        $"gap@{stride}", $"recovered@{stride}",
    ];

    public static ImmutableArray<string> Times { get; } =
        [.. Each("time_to"), .. Each("recovery"), "half_life"];

    // The fraction in percent: time_to_90.
    private static IEnumerable<string> Each(string name) =>
        SwitchFigures.Fractions.Select(fraction => $"{name}_{fraction * 100:0}");
}
