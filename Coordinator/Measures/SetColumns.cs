using System.Collections.Immutable;

namespace Mneme.Coordinator.Measures;

/// <summary>Where the columns of a table of points are that speak of a numbered set: a measure, a
/// dot and the set's name, e.g. <c>set_accuracy.A</c>.</summary>
internal sealed class SetColumns
{
    public const string Accuracy = "set_accuracy";
    public const string Ceiling = "set_ceiling";
    public const string Chance = "set_chance";
    public const string Reference = "reference_accuracy";
    public const string Saved = "saved_set_accuracy";
    public const string Swap = "swap_accuracy";
    public const string SwapAttention = "swap_attention_accuracy";
    public const string Online = "online_accuracy";

    /// <summary>Columns that say what a phase took, at its end.</summary>
    public static readonly ImmutableArray<string> Resources =
        ["samples", "memory_bytes", "memory_writes"];

    private readonly Dictionary<string, int> _places;

    /// <param name="columns">Names of the columns, in order; each once.</param>
    /// <param name="sets">Names of the sets by number.</param>
    public SetColumns(IEnumerable<string> columns, ImmutableArray<string> sets)
    {
        (Names, Sets) = ([.. columns], sets);
        _places = Names.Select((name, place) => (name, place))
            .ToDictionary(column => column.name, column => column.place);
    }

    public ImmutableArray<string> Names { get; }

    public ImmutableArray<string> Sets { get; }

    /// <summary>The place of a measure of one set; null when the table has no such column, or the
    /// set is none of the numbered ones.</summary>
    public int? Of(string measure, int set) =>
        set < 0 ? null : Of($"{measure}.{Sets[set]}");

    /// <summary>The place of a column that belongs to no set.</summary>
    public int? Of(string column) => _places.TryGetValue(column, out var place) ? place : null;
}
