using System.Text;
using Mneme.Actors;
using Mneme.Configuration;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Configuration;

public sealed class ConfigurationTests : IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Without_anything_given_it_is_for_this_machine_alone()
    {
        var settings = Given.Read(Processes.Serve, null).Settings!;

        settings.Node.ShouldBe("some-machine");
        settings.Listen.ShouldBe(new Uri("http://127.0.0.1:7070"));
        settings.Advertise.ShouldBe(settings.Listen);
        settings.Broker.ShouldBeNull();
        settings.Database.ShouldBeNull();
        settings.State.ShouldBe("results/.cluster");
        settings.Blobs.ShouldBe("results/.cluster/blobs");
        settings.Grace.ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_file_is_read_as_a_whole()
    {
        var settings = Read(Processes.Serve, $"""
            node: head-1
            broker: amqp://mneme:secret@127.0.0.1:5672/mneme
            database: Host=localhost;Database=mneme
            state: /var/lib/mneme
            listen: https://0.0.0.0:7071
            tls: {Mapping("certificate: c.pem, key: k.pem, ca: ca.pem")}
            token: {Token}
            grace: 90s
            otlp: http://127.0.0.1:4317
            log: {Mapping("level: debug, file: log.txt")}
            """).Settings!;

        settings.Node.ShouldBe("head-1");
        settings.Broker!.Reveal().ShouldBe("amqp://mneme:secret@127.0.0.1:5672/mneme");
        settings.Database!.Reveal().ShouldBe("Host=localhost;Database=mneme");
        settings.Blobs.ShouldBe("/var/lib/mneme/blobs");
        settings.Advertise.ShouldBe(new Uri("https://some-machine:7071"));
        (settings.TlsCertificate, settings.TlsKey, settings.TlsCa)
            .ShouldBe(("c.pem", "k.pem", "ca.pem"));
        settings.Token!.Reveal().ShouldBe(Token);
        settings.Grace.ShouldBe(TimeSpan.FromSeconds(90));
        (settings.LogLevel, settings.LogFile).ShouldBe((LogLevel.Debug, "log.txt"));
    }

    [Fact]
    public void A_flag_wins_over_a_variable_and_that_over_the_file()
    {
        var file = File("slots: 1\ndevice: cuda:1\nnode: from-file\n");

        var settings = Given.Read(Processes.Worker, file, "MNEME_SLOTS=2", "--slots=3",
            "MNEME_DEVICE=cuda:2").Settings!;

        settings.Slots.ShouldBe(3);
        settings.Device.ShouldBe("cuda:2");
        settings.Node.ShouldBe("from-file");
    }

    [Fact]
    public void A_variable_names_the_file_and_an_empty_one_says_nothing()
    {
        var file = File("slots: 5\n");

        Given.Read(Processes.Worker, null, $"MNEME_CONFIG={file}", "MNEME_SLOTS=")
            .Settings!.Slots.ShouldBe(5);
    }

    [Theory]
    [InlineData("nodee: a", ":1:1: unknown key 'nodee'; did you mean 'node'?")]
    [InlineData("\ntls: {certificat: x}", ":2:7: unknown key 'certificat' in tls; did you mean "
        + "'certificate'?")]
    [InlineData("tls: x", ":1:6: tls is the text 'x'; expected a mapping")]
    [InlineData("node: 5", ":1:7: node is 5; expected a text")]
    [InlineData("node: [a]", ":1:7: node is a list; expected a text")]
    [InlineData("node: Head", ":1:7: node is 'Head'; expected 1 to 63 of a-z")]
    [InlineData("node: a\nnode: b", ":2:1: the key 'node' is here a second time")]
    [InlineData("listen: 7070", ":1:9: listen is 7070; expected a text")]
    [InlineData("listen: 127.0.0.1:7070", ":1:9: listen is '127.0.0.1:7070'; expected an http")]
    [InlineData("listen: http://a/b?c", ":1:9: listen is 'http://a/b?c'; expected an http")]
    [InlineData("grace: 60", ":1:8: grace is 60; expected a text")]
    [InlineData("grace: 2d", ":1:8: grace is '2d'; expected a time such as 500ms, 90s, 5m or 1h")]
    [InlineData("grace: 25h", ":1:8: grace is '25h'; expected a time")]
    [InlineData("insecure: yes", ":1:11: insecure is the text 'yes'; expected true or false")]
    [InlineData("log: {level: loud}", ":1:14: log.level is 'loud'; expected debug, info, warning")]
    [InlineData("log: {level: '2'}", ":1:14: log.level is '2'; expected debug, info, warning")]
    [InlineData("slots: 4", ":1:1: unknown key 'slots'; it is a setting of worker, not of serve: "
        + "remove it")]
    [InlineData("broker: 12345678", ":1:9: broker is no text; expected a text")]
    [InlineData("broker: http://u:hush@x", ":1:9: broker is not what it should be; expected amqps")]
    [InlineData("database: hush", ":1:11: database is not what it should be; expected Host=")]
    [InlineData("token: 'two words hush'", ":1:8: token is not what it should be; expected vis")]
    [InlineData("token_file: /nowhere/at/all", ":1:13: token_file '/nowhere/at/all': it cannot be")]
    [InlineData("", "the file is empty")]
    [InlineData("a: &x 1", "anchors ('&name') are not allowed")]
    public void What_is_wrong_in_the_file_is_told_with_its_place(string text, string said)
    {
        var reading = Read(Processes.Serve, text);

        reading.IsValid.ShouldBeFalse();
        var fault = reading.Faults.ShouldHaveSingleItem();
        fault.ShouldContain(said);
        fault.ShouldContain("mneme.yaml");
        fault.ShouldNotContain("hush");
    }

    [Theory]
    [InlineData("MNEME_SLOTS=x", "MNEME_SLOTS: slots is 'x'; expected a whole number from 1 to")]
    [InlineData("--slots=0", "--slots: slots is '0'; expected a whole number from 1 to 1024")]
    [InlineData("--device=gpu", "--device: device is 'gpu'; expected cpu or cuda:N")]
    [InlineData("MNEME_NODE=../x", "MNEME_NODE: node is '../x'; expected 1 to 63 of a-z")]
    [InlineData("MNEME_CONFIG=/nowhere", "/nowhere: no such file")]
    [InlineData("MNEME_DATABASE=Host=x", "MNEME_DATABASE: only serve has a database login: take "
        + "it out of the environment of a worker")]
    public void What_is_wrong_elsewhere_is_told_by_its_name(string given, string said) =>
        Given.Read(Processes.Worker, null, given).Faults.ShouldHaveSingleItem().ShouldContain(said);

    [Theory]
    [InlineData(Processes.Worker)]
    [InlineData(Processes.Lighthouse)]
    public void Nobody_but_the_coordinator_may_have_a_database_login(Processes process)
    {
        var fault = Read(process, "database: Host=db;Password=hush\n").Faults
            .ShouldHaveSingleItem();

        fault.ShouldContain(":1:1: unknown key 'database'; only serve has a database login");
        fault.ShouldNotContain("hush");
    }

    [Fact]
    public void A_token_may_lie_in_a_file_of_its_own()
    {
        var token = folder.Write("token", Encoding.UTF8.GetBytes($" {Token}\n"));

        Given.Read(Processes.Serve, null, $"MNEME_TOKEN_FILE={token}")
            .Settings!.Token!.Reveal().ShouldBe(Token);
        Given.Read(Processes.Serve, null, $"MNEME_TOKEN_FILE={token}", "--token=other")
            .Settings!.Token!.Reveal().ShouldBe("other");
        Given.Read(Processes.Serve, null, $"MNEME_TOKEN_FILE={token}", "MNEME_TOKEN=other")
            .Faults.ShouldHaveSingleItem().ShouldContain("both token and token_file");
    }

    [Fact]
    public void A_secret_is_shown_nowhere()
    {
        var settings = Given.Read(Processes.Serve, null, $"--token={Token}",
            "--database=Host=localhost;Password=hush", "--broker=amqp://u:hush@localhost").Settings!;

        var text = $"{settings} {settings.Token} {settings.Database} {settings.Broker}";

        text.ShouldContain("***");
        text.ShouldNotContain("hush");
        text.ShouldNotContain(Token);
    }

    [Fact]
    public void Every_process_knows_its_own_settings()
    {
        string Names(Processes process) => string.Join(
            " ", ConfigurationKeys.Of(process).Select(key => key.Name));

        Names(Processes.Worker).ShouldBe("node broker broker_ca state blobs tls.ca slots device "
            + "token token_file grace otlp log.level log.file insecure");
        Names(Processes.Lighthouse).ShouldBe("node broker broker_ca state listen advertise "
            + "tls.certificate tls.key tls.ca token token_file otlp log.level log.file insecure");
        Names(Processes.Serve).ShouldContain("database");
    }

    [Theory]
    [InlineData(Processes.Serve)]
    [InlineData(Processes.Worker)]
    [InlineData(Processes.Lighthouse)]
    public void The_reference_is_a_file_that_can_be_used(Processes process)
    {
        var reference = ConfigurationReference.Of(process);
        Golden.Check($"configuration/{process.InWords()}.yaml", reference.TrimEnd('\n'));

        var used = string.Join('\n', reference.Split('\n')
            .Where(line => !line.TrimStart().StartsWith("# ", StringComparison.Ordinal)
                && !line.Contains("token_file:"))
            .Select(line => line.Replace("#", "", StringComparison.Ordinal)));

        Read(process, used).Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "--slots", "4", "--insecure", "--node=a")]
    [InlineData("unknown option '--slotz'; did you mean '--slots'?", "--slotz", "4")]
    [InlineData("unknown option '--database'", "--database", "x")]
    [InlineData("--slots needs a value", "--slots")]
    [InlineData("--slots is given twice", "--slots", "1", "--slots=2")]
    public void Flags_are_read_as_strictly(string said, params string[] arguments)
    {
        var flags = ConfigurationFlags.Parse(Processes.Worker, arguments, out var fault);

        (flags is null).ShouldBe(said.Length > 0);
        fault.ShouldContain(said);
        if (flags is not null)
            flags.ShouldBe(new Dictionary<string, string>
            {
                ["--slots"] = "4", ["--insecure"] = "true", ["--node"] = "a",
            }, ignoreOrder: true);
    }

    private static string Mapping(string inner) => "{" + inner + "}";

    private string File(string text) => folder.Write("mneme.yaml", Encoding.UTF8.GetBytes(text));

    private ConfigurationReading Read(Processes process, string text) =>
        Given.Read(process, File(text));
}
