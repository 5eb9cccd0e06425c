namespace Mneme.Coordinator.Plots;

/// <summary>A drawn figure.</summary>
/// <param name="Name">Of its file, without the ending; a slash makes a folder.</param>
/// <param name="Caption">What it shows and how to read it; sentences of plain text.</param>
internal sealed record Figure(string Name, string Caption, string Svg);
