using System.CommandLine;
using Mneme.Configuration;
using Mneme.Coordinator.Api;

namespace Mneme.Coordinator.Cli.Cluster;

/// <summary>Which cluster is meant, by whom it is asked, and how the answer looks.</summary>
internal sealed class ServerOptions
{
    public const string DefaultServer = "http://127.0.0.1:7070";
    private const string Table = "table", Json = "json";

    private readonly Option<string?> server = new("--server")
    {
        Description = $"coordinator or lighthouse (MNEME_SERVER; default: {DefaultServer})",
    };

    private readonly Option<string?> token = new("--token")
    {
        Description = "token (better in MNEME_TOKEN: others see command lines)",
    };

    private readonly Option<string?> tokenFile = new("--token-file")
    {
        Description = "file that holds the token (MNEME_TOKEN_FILE)",
    };

    private readonly Option<string?> authorities = new("--tls-ca")
    {
        Description = "PEM file of the server's authority (MNEME_TLS_CA)",
    };

    private readonly Option<bool> insecure = new("--insecure")
    {
        Description = "send the token to another machine without TLS",
    };

    private readonly Option<long?> patience = WholeNumber.Option(
        "--patience", "seconds to wait while nobody leads (default: 30)", least: 0, most: 3600);

    private readonly Option<string> output = new("-o", "--output")
    {
        Description = "table or json", DefaultValueFactory = _ => Table,
    };

    public ServerOptions() => output.AcceptOnlyFromAmong(Table, Json);

    /// <summary>A verb with these options, its failures told in one line.</summary>
    public static Command Verb(
        string name, string description, Func<ParseResult, ApiClient, Task<int>> run,
        params Symbol[] own)
    {
        var (command, options) = (new Command(name, description), new ServerOptions());
        foreach (var argument in own.OfType<Argument>()) command.Arguments.Add(argument);
        foreach (var option in own.OfType<Option>().Concat(options.All))
            command.Options.Add(option);
        command.SetAction(async (parsed, _) =>
        {
            using var client = options.Open(parsed);
            return await run(parsed, client);
        });
        return command;
    }

    private IEnumerable<Option> All =>
        [server, token, tokenFile, authorities, insecure, patience, output];

    private ApiClient Open(ParseResult parsed)
    {
        var text = Given(parsed, server, "MNEME_SERVER") ?? DefaultServer;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https") || url.PathAndQuery != "/")
            throw new UserError(
                $"the server is '{text}'; expected a URL such as {DefaultServer}", UserError.Usage);
        var wait = TimeSpan.FromSeconds(parsed.GetValue(patience) ?? 30);
        return new ApiClient(
            url, TokenOf(parsed, url), Given(parsed, authorities, "MNEME_TLS_CA"), wait,
            parsed.GetValue(output) == Json, parsed.GetValue(insecure));
    }

    private Secret? TokenOf(ParseResult parsed, Uri server)
    {
        if (parsed.GetValue(token) is { } given) return Checked(given);
        if (parsed.GetValue(tokenFile) is { } file) return InFile(file);
        if (Variable("MNEME_TOKEN") is { } variable) return Checked(variable);
        if (Variable("MNEME_TOKEN_FILE") is { } named) return InFile(named);
        // What 'serve' leaves on a machine of one's own.
        var local = Path.Combine("results", ".cluster", OperatorToken.FileName);
        return server.IsLoopback && File.Exists(local) ? InFile(local) : null;
    }

    private static Secret Checked(string text) => TokenText.IsToken(text)
        ? new Secret(text)
        : throw new UserError("the token must be visible ASCII letters", UserError.Usage);

    private static Secret InFile(string path) => TokenText.InFile(path, out var fault)
        ?? throw new UserError($"the token file {path}: {fault}", UserError.Usage);

    private static string? Given(ParseResult parsed, Option<string?> option, string variable) =>
        parsed.GetValue(option) ?? Variable(variable);

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
