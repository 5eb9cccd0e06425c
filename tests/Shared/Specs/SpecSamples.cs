using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Mneme.Specs;

namespace Mneme.Tests.Shared.Specs;

/// <summary>Random valid specs of the sample family.</summary>
internal static class SpecSamples
{
    public static Arbitrary<ExperimentSpec> Any =>
        (from steps in Gen.Choose(1, 1_000_000_000)
         from every in Gen.Choose(1, steps)
         from seeds in Seeds
         from settings in AllSettings
         from method in Gen.Elements(SearchMethod.Grid, SearchMethod.Random)
         from parameters in Gen.SubListOf<SettingSchema>(SampleFamily.Schema.Settings)
         from search in Search(method, [.. parameters])
         from device in Gen.Elements("cpu", "cuda:0", "cuda:12")
         from slots in Gen.Choose(1, 1024)
         select With(steps, every, seeds, settings, search) with
         {
             Resources = new ResourceSpec(device, slots),
         }).ToArbitrary();

    private static ExperimentSpec With(
        long steps, long every, ImmutableArray<uint> seeds, ImmutableArray<Setting> settings,
        SearchSpec? search) =>
        new("a.b-1", SampleFamily.Schema.Name, steps, every, seeds,
            [.. settings.Where(setting => !Searches(search, setting.Name))], search);

    private static bool Searches(SearchSpec? search, string name) =>
        search is not null && search.Parameters.Any(parameter => parameter.Name == name);

    private static Gen<ImmutableArray<uint>> Seeds => Gen.OneOf(
        Gen.Choose(1, 20).Select(count => ImmutableArray.CreateRange(
            Enumerable.Range(0, count).Select(seed => (uint)seed))),
        Gen.NonEmptyListOf(ArbMap.Default.GeneratorFor<uint>())
            .Select(list => list.Distinct().ToImmutableArray()));

    private static Gen<ImmutableArray<Setting>> AllSettings => Gen.CollectToList(
        SampleFamily.Schema.Settings,
        schema => Value(schema).Select(value => new Setting(schema.Name, value)))
        .Select(list => list.ToImmutableArray());

    private static Gen<SettingValue> Value(SettingSchema schema) => schema.Kind switch
    {
        SettingKind.Flag => Gen.Elements<SettingValue>(
            new SettingValue.Flag(true), new SettingValue.Flag(false)),
        SettingKind.Integer when schema.Optional => Gen.Frequency(
            (1, Gen.Constant<SettingValue>(new SettingValue.Nothing())), (4, Whole(schema))),
        SettingKind.Integer => Whole(schema),
        SettingKind.Real => Real(schema).Select(x => (SettingValue)new SettingValue.Real(x)),
        SettingKind.Integers => Gen.Choose(1, 4096).ListOf().Select(list =>
            (SettingValue)new SettingValue.Integers([.. list.Select(n => (long)n)])),
        _ when !schema.Choices.IsDefaultOrEmpty => Gen.Elements<string>(schema.Choices)
            .Select(text => (SettingValue)new SettingValue.Text(text)),
        _ => AnyText.Select(text => (SettingValue)new SettingValue.Text(text)),
    };

    private static Gen<SettingValue> Whole(SettingSchema schema) =>
        Gen.Choose((int)schema.Minimum, (int)Math.Min(schema.Maximum, int.MaxValue))
            .Select(n => (SettingValue)new SettingValue.Integer(n));

    private static Gen<double> Real(SettingSchema schema) =>
        ArbMap.Default.GeneratorFor<NormalFloat>().Select(x => Math.Abs(x.Item))
            .Select(x => x > schema.Maximum ? 1 / x : x);

    // Whole code points alone: half a surrogate pair is no text.
    private static Gen<string> AnyText => Gen.OneOf(
        Gen.Elements("null", "true", "~", "1e-3", "yes", "a b", "- a", "#", "\0", "\n", "😀"),
        ArbMap.Default.GeneratorFor<string>().Where(text => text is not null &&
            text.EnumerateRunes().All(rune => rune.Value != 0xFFFD)));

    private static Gen<SearchSpec?> Search(SearchMethod method, SettingSchema[] schemas)
    {
        if (schemas.Length == 0) return Gen.Constant<SearchSpec?>(null);
        var parameters = Gen.CollectToList(
            SampleFamily.Schema.Settings.Where(schemas.Contains).Take(3),
            schema => Domain(schema, method).Select(d => new SearchParameter(schema.Name, d)));
        return
            from list in parameters
            from trials in Gen.Choose(1, 1000)
            from seed in ArbMap.Default.GeneratorFor<uint>()
            select method == SearchMethod.Grid
                ? new SearchSpec(method, null, 0, [.. list])
                : new SearchSpec(method, trials, seed, [.. list]);
    }

    private static Gen<SearchDomain> Domain(SettingSchema schema, SearchMethod method)
    {
        var values = Value(schema).NonEmptyListOf().Select(list =>
            (SearchDomain)new SearchDomain.Values([.. list.Distinct().Take(9)]));
        if (schema.Kind is not (SettingKind.Real or SettingKind.Integer)) return values;
        var (low, high) = schema.Kind == SettingKind.Integer ? (2.0, 900.0) : (1e-7, 0.3);
        var range = from logarithmic in Gen.Elements(true, false)
                    from points in Gen.Choose(2, 5)
                    select (SearchDomain)new SearchDomain.Range(
                        low, high, logarithmic, method == SearchMethod.Grid ? points : null);
        return Gen.OneOf(values, range);
    }
}
