using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Mneme.Specs.Yaml;

/// <summary>
/// Builds the tree of a spec from YamlDotNet's events, one by one: the library's own object reader
/// recurses, and dies of a hundred thousand opening brackets. Every limit holds while reading.
/// </summary>
internal sealed class YamlTree(SpecErrors errors)
{
    public const int MaximumDepth = 64;
    public const int MaximumNodes = 100_000;

    private readonly Stack<OpenNode> _open = [];
    private YamlNode? _root;
    private int _nodes;
    private int _documents;
    private bool _isBroken;

    /// <summary>The root, or null after an error that makes the rest of the file meaningless.
    /// </summary>
    public YamlNode? Read(string text)
    {
        var parser = new Parser(new StringReader(text));
        while (Next(parser, text) is { } happened)
            if (!Accept(happened)) return null;
        return _isBroken ? null : _root;
    }

    // On broken input the parser throws more than its own exceptions: InvalidOperationException
    // for a comment inside a plain text, ArgumentOutOfRangeException for the escape \UFFFFFFFF.
    private ParsingEvent? Next(Parser parser, string text)
    {
        try
        {
            return parser.MoveNext() ? parser.Current : null;
        }
        catch (Exception failure)
        {
            var at = (failure as YamlException)?.Start ?? parser.Current?.End ?? Mark.Empty;
            errors.Add(MarkOf(at), "", $"not YAML from here on: {Problem(failure)}",
                remedy: RemedyFor(text));
            _isBroken = true;
            return null;
        }
    }

    private bool Accept(ParsingEvent happened) => happened switch
    {
        AnchorAlias => Refuse(happened, "aliases ('*name') are not allowed"),
        NodeEvent { Anchor.IsEmpty: false } =>
            Refuse(happened, "anchors ('&name') are not allowed"),
        NodeEvent { Tag.IsEmpty: false } => Refuse(happened, "tags ('!name') are not allowed"),
        DocumentStart => ++_documents == 1 ||
            Refuse(happened, "a second document begins here", "one document in a file"),
        Scalar scalar => Count(scalar) && Place(new YamlScalar(
            MarkOf(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain)),
        SequenceStart or MappingStart => Count(happened) && Open(happened),
        SequenceEnd or MappingEnd => Place(_open.Pop().Close()),
        _ => true,
    };

    private bool Count(ParsingEvent happened) => ++_nodes <= MaximumNodes ||
        Refuse(happened, $"more than {MaximumNodes} values", "a smaller file");

    private bool Open(ParsingEvent happened)
    {
        if (_open.Count == MaximumDepth)
            return Refuse(happened, $"nested more than {MaximumDepth} deep", "a flatter file");
        if (_open.TryPeek(out var parent) && parent.WantsKey)
            return Refuse(happened, "a list or mapping stands as a key", "a name as a key");
        _open.Push(new OpenNode(MarkOf(happened.Start), happened is MappingStart, errors));
        return true;
    }

    private bool Place(YamlNode node)
    {
        if (_open.TryPeek(out var parent)) parent.Add(node);
        else _root = node;
        return true;
    }

    private bool Refuse(ParsingEvent happened, string message, string? expected = null)
    {
        errors.Add(MarkOf(happened.Start), "", message, expected);
        return false;
    }

    private static YamlMark MarkOf(Mark mark) => new(mark.Line, mark.Column);

    // The usual cause cannot be seen in an editor.
    private static string? RemedyFor(string text)
    {
        var tab = Array.FindIndex(text.Split('\n'), line => line.TrimStart(' ').StartsWith('\t'));
        return tab < 0 ? null : $"line {tab + 1} is indented with a tab: use blanks";
    }

    private static string Problem(Exception failure) => failure is YamlException
        ? failure.Message.ReplaceLineEndings(" ")
        : "the text is malformed";
}
