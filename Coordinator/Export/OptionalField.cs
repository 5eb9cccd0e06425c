using Mneme.Results;

namespace Mneme.Coordinator.Export;

internal static class OptionalField
{
    /// <summary>What has no value is an empty field, as every reader of tables expects.</summary>
    public static CsvWriter Optional(this CsvWriter csv, double? value) =>
        value is { } known && !double.IsNaN(known) ? csv.Field(known) : csv.Field("");
}
