using Mneme.Specs;
using Mneme.Worker.Cohorts;

namespace Mneme.Worker.Experiments;

/// <summary>Can outer training shape what is written into a net's weights, and how, so that a fact
/// told in one turn is recalled in a later one? An LSTM reads and writes a small feed-forward net,
/// one per sample, whose weights are the memory. A write is one local update without gradients,
/// whose targets come from a learned map; training goes through all reads and writes of an episode.
/// </summary>
/// <remarks>Sources: "Metalearned Neural Memory" (Munkhdalai, Sordoni, Wang, Trischler, NeurIPS
/// 2019, arXiv 1907.09720); github.com/clam004/meta-learned-memory; the MNM-p of
/// github.com/taylorwwebb/emergent_symbols. What one of them does otherwise is a setting. Two
/// faults of the first are not repeated: a batch of states is built anew from the batch, never
/// repeated into B*B; and the memory itself, not a context vector, is kept over an episode.
/// </remarks>
public sealed class MetalearnedMemory : ExperimentFamily
{
    public override FamilySchema Schema { get; } = new(
        "metalearned-memory",
        "Can an LSTM learn to store a fact in a net's weights, in one local update?",
        DefaultSteps: 400,
        DefaultMeasureEvery: 20,
        Settings:
        [
            Shape("task", "name_recall", "the dialogue of the first source: told a name, asked it",
                "name_recall", "rename", "assoc_recall"),
            Size("names", 8, "as the first source; also the classes of name_recall and rename",
                2, 4096),
            Size("symbols", 8, "of assoc_recall: pairs of these, then one key", 2, 1024),
            Size("pairs", 4, "of assoc_recall; at most as many as symbols", 1, 1024),
            Size("hidden_size", 32, "the first source's minimal example; the paper's is 128"),
            Size("heads", 2, "the minimal example; the paper-like setting is 1", 1, 64),
            Size("batch_size", 32, "as the second source", 1, 65536),
            Real("learning_rate", 2e-3, 0, 1e30, "Adam; the sources have 5e-4 and 1e-2"),
            Real("clip", 1, 0, 1e30, "as the first source: largest norm of a lane's gradient"),
            Real("reconstruction_weight", 1, 0, 1e9, "as the second source; the first has 8 and 4"),
            Lane("reconstruction", "mean", "over steps, as the second source; the first: 'last'",
                "mean", "last"),
            Lane("carry", "memory", "what outlives a turn; 'all' needs no memory, 'none' has none",
                "memory", "all", "none"),
            Lane("scale", "2/hd", "of a write, as both programs; 'none': the equation as printed",
                "2/hd", "1/hd", "1/h", "none"),
            Flag("learn_scale", "one factor for each layer, which begins as 'scale' says"),
            Shape("activation", "tanh", "as the second source; the first has sigmoid",
                "tanh", "sigmoid"),
            Shape("rule", "local", "MNM-p; 'gradient' is MNM-g, a step down the squared error",
                "local", "gradient"),
            Shape("write_rate", "step", "one for all layers, as both programs; the paper: 'layer'",
                "step", "layer"),
            Shape("read", "mean", "over heads, as both programs; 'concat' has a wider read-out",
                "mean", "concat"),
            Flag("train_start", "whether the memory's first weights are learned; fixed in both"),
            Flag("final_step", "one more step without input, so that the last write can be read"),
            new("write", SettingKind.Flag, new SettingValue.Flag(true), "off: a control"),
            Real("plateau_factor", 1, 1e-6, 1, "1: no schedule; the first source has .99"),
            Real("plateau_patience", 100, 0, 1e9, "as the first source: steps without progress"),
        ],
        Measures:
        [
            "loss", "accuracy", "steps_to_solve", "reconstruction_before", "reconstruction_after",
            "write_rate", "write_rate_spread", "effective_scale", "moved1", "moved2", "moved3",
            "gradient_norm", "earlier_accuracy", "learning_rate",
        ],
        new Objective("loss", Maximize: false))
    {
        Rules = [PairsHaveKeys],
    };

    private static readonly SettingRule PairsHaveKeys = new(
        ["pairs", "symbols"],
        values => Whole(values["pairs"]) <= Whole(values["symbols"]) ? null
            : $"{Whole(values["pairs"])} pairs, of only {Whole(values["symbols"])} symbols",
        "make pairs at most symbols: every pair of an episode has a key of its own");

    public override CohortModel Create(Lanes lanes) => new MetalearnedCohort(lanes);

    private static long Whole(SettingValue value) => ((SettingValue.Integer)value).Value;

    private static SettingSchema Size(
        string name, long value, string reason, long minimum = 1, long maximum = 4096) =>
        new(name, SettingKind.Integer, new SettingValue.Integer(value), reason, minimum, maximum,
            ChangesShape: true);

    private static SettingSchema Real(
        string name, double value, double least, double most, string reason) =>
        new(name, SettingKind.Real, new SettingValue.Real(value), reason, least, most);

    private static SettingSchema Flag(string name, string reason) =>
        new(name, SettingKind.Flag, new SettingValue.Flag(false), reason, ChangesShape: true);

    private static SettingSchema Lane(
        string name, string value, string reason, params string[] choices) =>
        new(name, SettingKind.Text, new SettingValue.Text(value), reason, Choices: [.. choices]);

    private static SettingSchema Shape(
        string name, string value, string reason, params string[] choices) =>
        Lane(name, value, reason, choices) with { ChangesShape = true };
}
