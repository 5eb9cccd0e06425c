using System.Collections.Immutable;

namespace Mneme.Coordinator.Plots;

/// <summary>One configuration's measure over training.</summary>
/// <param name="Steps">[point], increasing.</param>
/// <param name="BySeed">[seed][point]; NaN where nothing was measured. A seed that stopped early
/// may have fewer points than steps.</param>
public sealed record Curve(
    string Label,
    ImmutableArray<long> Steps,
    ImmutableArray<ImmutableArray<double>> BySeed);

/// <summary>What the figure says besides its curves.</summary>
/// <param name="Measure">Name of the vertical axis.</param>
/// <param name="LogarithmicMeasure">Values that are not positive are then left out.</param>
public sealed record FigureText(string Title, string Measure, bool LogarithmicMeasure = false)
{
    /// <summary>The line below the title.</summary>
    public string Note { get; init; } = "";

    /// <summary>Name of the horizontal axis.</summary>
    public string Across { get; init; } = "step";

    /// <summary>Whether the horizontal axis counts things one by one.</summary>
    public bool IsCounted { get; init; }

    /// <summary>Borders between phases, drawn as vertical lines.</summary>
    public ImmutableArray<SwitchLine> Switches { get; init; } = [];

    /// <summary>Known values such as chance and ceiling, drawn as horizontal lines.</summary>
    public ImmutableArray<LevelLine> Levels { get; init; } = [];
}

/// <param name="Step">The first step of the new phase.</param>
public sealed record SwitchLine(long Step, string Label);

public sealed record LevelLine(double Value, string Label);
