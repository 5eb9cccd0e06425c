using Mneme.Specs;

namespace Mneme.Tests.Shared.Specs;

/// <summary>A family with a setting of every kind.</summary>
internal static class SampleFamily
{
    public static readonly FamilySchema Schema = new(
        "memory-mlp",
        "Can two neurons hold one token?",
        DefaultSteps: 5000,
        DefaultMeasureEvery: 100,
        Settings:
        [
            new("vocab", SettingKind.Integer, new SettingValue.Integer(2), "original", 2, 1000,
                ChangesShape: true),
            new("layers", SettingKind.Integers, new SettingValue.Integers([128]), "original",
                1, 4096, ChangesShape: true),
            new("learning_rate", SettingKind.Real, new SettingValue.Real(1e-4), "original", 0, 1),
            new("momentum", SettingKind.Real, new SettingValue.Real(0), "original", 0),
            new("second_order", SettingKind.Flag, new SettingValue.Flag(false), "first order"),
            new("reset", SettingKind.Text, new SettingValue.Text("step"), "original",
                Choices: ["step", "never", "null"]),
            new("note", SettingKind.Text, new SettingValue.Text(""), "free text"),
            new("target_switch_at", SettingKind.Integer, new SettingValue.Nothing(), "no switch", 0,
                Optional: true),
        ],
        Measures: ["loss", "accuracy"],
        new Objective("loss", Maximize: false));

    public static readonly FamilySchema[] Catalogue =
        [Schema, Schema with { Name = "dam", Settings = [] }];

    public static SpecReading Parse(string yaml) =>
        SpecReader.Parse("x.yaml", System.Text.Encoding.UTF8.GetBytes(yaml), Catalogue);

    public static ExperimentSpec Valid(string yaml)
    {
        var reading = Parse(yaml);
        Shouldly.ShouldBeTestExtensions.ShouldBe(string.Join("\n", reading.Errors), "");
        return reading.Spec!;
    }

    /// <summary>The errors of a spec as a user sees them.</summary>
    public static string Errors(string yaml) => string.Join("\n", Parse(yaml).Errors);
}
