using System.Collections.Immutable;
using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>A GPT-2 of the user's own files writes on from a prompt, with and without a text in
/// its memory. Does the memory turn what it writes, and does it answer what the text says? Each
/// step is one sample; all methods draw the same random numbers.</summary>
/// <remarks>Source: github.com/MTMTransformer/MTMTransformer (Paul Eggers 2024, MIT), templates of
/// recall (the defaults) and of sentiment. The net is frozen: nothing is trained.</remarks>
public sealed class Gpt2Text : ExperimentFamily
{
    public override FamilySchema Schema { get; } = new(
        "gpt2-text",
        "What does a GPT-2 write when a text is in its memory, not in its context?",
        DefaultSteps: 100,
        DefaultMeasureEvery: 10,
        Settings:
        [
            Text("weights", "", "a file or folder of a GPT-2: safetensors, or PyTorch's"),
            Text("prompt", "", "what stands in the context, after a line's end"),
            Text("text", "", "what is stored, after a line's end"),
            Text("text_file", "", "a file that has it"),
            Text("answer", "", "the word or words that the text says come next"),
            Text("method", "type2", "'none': the prompt alone; 'context': the text before it",
                "none", "context", "type1", "type2", "type3", "replace"),
            Text("memory", "right", "'shuffled': each key with the value of another row",
                "right", "shuffled"),
            new("active_layers", SettingKind.Integers, new SettingValue.Integers([10]),
                "numbered from 1; template of sentiment: 7, 8, 9", 1, 96, ChangesShape: true),
            Number("neighbours", 5, "k; at most as many as rows are stored", 0, 4096),
            Real("bookkeeping_filter", .9, 0, 1, "BF: 0 is none, 1 never selects token 0"),
            Real("minimum_factor", 0, 0, 1e9, "MF: larger selects more; of sentiment: 5"),
            Real("sharpness", 1000, 0, 1e9, "TS; of sentiment: .01"),
            Real("residual", .1, 0, 1, "r, the weight of a token's own value; of sentiment: .33"),
            new("drop_first", SettingKind.Flag, new SettingValue.Flag(true),
                "the line's end is not stored: its key is much the same for every text",
                ChangesShape: true),
            new("self_retrieval", SettingKind.Flag, new SettingValue.Flag(false),
                "recall while the text is stored, as published; later layers are disturbed",
                ChangesShape: true),
            Number("new_tokens", 50, "as published", 1, 1023),
            Real("temperature", .8, 1e-3, 1e3, "as published") with { ChangesShape = false },
            Number("top_k", 200, "as published", 1, 1 << 20) with { ChangesShape = false },
        ],
        Measures: WrittenTexts.Measures,
        new Objective("answered", Maximize: true))
    {
        Rules =
        [
            new SettingRule(["weights"], values => IsEmpty(values["weights"])
                ? "weights names no file of a GPT-2" : null,
                "name a file or folder, best with its whole path: 'weights: /data/gpt2'"),
            new SettingRule(["text", "text_file"], values =>
                IsEmpty(values["text"]) || IsEmpty(values["text_file"]) ? null
                    : "text and text_file are both given", "give one of them"),
            new SettingRule(["prompt"], values => IsEmpty(values["prompt"])
                ? "prompt is empty" : null, "say what the net shall write on from"),
        ],
    };

    public override CohortModel Create(Lanes lanes) => new Gpt2TextCohort(lanes);

    private static bool IsEmpty(SettingValue value) => ((SettingValue.Text)value).Value.Length == 0;

    private static SettingSchema Number(
        string name, long value, string reason, long minimum, long maximum) =>
        new(name, SettingKind.Integer, new SettingValue.Integer(value), reason, minimum, maximum,
            ChangesShape: true);

    private static SettingSchema Real(
        string name, double value, double least, double most, string reason) =>
        new(name, SettingKind.Real, new SettingValue.Real(value), reason, least, most,
            ChangesShape: true);

    private static SettingSchema Text(
        string name, string value, string reason, params ImmutableArray<string> choices) =>
        new(name, SettingKind.Text, new SettingValue.Text(value), reason, Choices: choices,
            ChangesShape: true);
}
