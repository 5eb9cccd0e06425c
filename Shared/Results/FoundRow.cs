namespace Mneme.Results;

/// <summary>A stored row that a token of another text finds.</summary>
/// <param name="Layer">Numbered from 1; heads likewise.</param>
/// <param name="Place">The token's place in its text, from 1.</param>
/// <param name="Rank">1 is the nearest.</param>
/// <param name="Distance">Squared.</param>
/// <param name="Around">The row's token in brackets, with some text around it.</param>
public sealed record FoundRow(
    int Layer, int Head, int Place, string Word, int Rank, int Row, float Distance, string Around);
