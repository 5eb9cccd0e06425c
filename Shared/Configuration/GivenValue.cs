namespace Mneme.Configuration;

/// <summary>Where a value comes from; the greater wins.</summary>
internal enum Source { File = 0, Environment = 1, Flag = 2 }

/// <summary>A value as somebody wrote it.</summary>
/// <param name="Place">For an error: <c>mneme.yaml:3:8</c>, <c>MNEME_SLOTS</c>, <c>--slots</c>.
/// </param>
internal sealed record GivenValue(string Text, Source Source, string Place);
