namespace Mneme.Specs;

/// <summary>How many configurations a search makes.</summary>
public static class ConfigurationCount
{
    private const ulong FarTooMany = 1UL << 40;

    /// <summary>Exact up to 2^40, where counting stops.</summary>
    public static ulong Of(SearchSpec? search)
    {
        if (search is null) return 1;
        if (search.Method == SearchMethod.Random) return (ulong)(search.Trials ?? 1);
        ulong count = 1;
        foreach (var (_, domain) in search.Parameters)
            count = Math.Min(count * (ulong)Of(domain), FarTooMany);
        return count;
    }

    private static int Of(SearchDomain domain) => domain switch
    {
        SearchDomain.Values values => values.Choices.Length,
        SearchDomain.Range range => range.Points ?? 1,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
