using System.Net;
using Mneme.Actors;
using Mneme.Specs;
using Keys = Mneme.Configuration.ConfigurationKeys;

namespace Mneme.Configuration;

/// <summary>From file, environment and flags to one process's settings. All that is wrong is told
/// at once.</summary>
public static class ConfigurationReader
{
    private const string DefaultListen = "http://127.0.0.1:7070";
    private static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(60);

    public static ConfigurationReading Read(Processes process, ConfigurationSources sources)
    {
        var faults = new List<string>();
        var values = new ConfigurationValues(Given(process, sources, faults), faults);
        var settings = Build(process, values, TokenOf(values, faults), sources, faults);
        if (faults.Count == 0 && !settings.Insecure) faults.AddRange(Exposure.Faults(settings));
        return faults.Count == 0
            ? ConfigurationReading.Accepted(settings)
            : ConfigurationReading.Refused(faults);
    }

    private static Dictionary<string, GivenValue> Given(
        Processes process, ConfigurationSources sources, List<string> faults)
    {
        var given = new Dictionary<string, GivenValue>();
        if ((sources.File ?? sources.Variable(ConfigurationSources.FileVariable)) is { } file)
            foreach (var (name, value) in new ConfigurationFile(file, process, faults).Read())
                given[name] = value;
        foreach (var key in Keys.Of(process))
        {
            if (sources.Variable(key.Variable) is { } variable)
                given[key.Name] = new GivenValue(variable, Source.Environment, key.Variable);
            if (sources.Flags.TryGetValue(key.Flag, out var flag))
                given[key.Name] = new GivenValue(flag, Source.Flag, key.Flag);
        }
        // Other processes' variables may be there; this one must be nowhere near (rule S5).
        var database = Keys.Named(Keys.Database);
        if (process != Processes.Serve && sources.Variable(database.Variable) is not null)
            faults.Add($"{database.Variable}: only serve has a database login: "
                + $"take it out of the environment of a {process.InWords()}");
        return given;
    }

    private static NodeConfiguration Build(
        Processes process, ConfigurationValues values, Secret? token,
        ConfigurationSources sources, List<string> faults)
    {
        var state = values.Text(Keys.State) ?? DefaultState(process);
        var listen = values.Url(Keys.Listen) ?? new Uri(DefaultListen);
        return new NodeConfiguration
        {
            Process = process,
            Node = values.Name(Keys.Node) ?? NameOf(sources.Machine, faults),
            Broker = values.Secret(
                Keys.Broker, Exposure.IsBroker, "amqps://USER:PASSWORD@HOST/VHOST"),
            BrokerCa = values.Text(Keys.BrokerCa),
            Database = values.Secret(
                Keys.Database, Exposure.IsDatabase,
                "Host=...;Database=...;Username=...;Password=..."),
            State = state,
            Blobs = values.Text(Keys.Blobs)
                ?? (process == Processes.Serve ? Path.Combine(state, "blobs") : null),
            Results = values.Text(Keys.Results) ?? "results",
            Listen = listen,
            Advertise = values.Url(Keys.Advertise) ?? Reachable(listen, sources.Machine),
            TlsCertificate = values.Text(Keys.TlsCertificate),
            TlsKey = values.Text(Keys.TlsKey),
            TlsCa = values.Text(Keys.TlsCa),
            Slots = values.Whole(Keys.Slots, 1, SpecLimits.Slots),
            Device = values.Device(Keys.Device) ?? "cpu",
            Token = token,
            Grace = values.Duration(Keys.Grace) ?? DefaultGrace,
            Otlp = values.Url(Keys.Otlp),
            LogLevel = values.Level(Keys.LogLevel) ?? LogLevel.Info,
            LogFile = values.Text(Keys.LogFile),
            Insecure = values.Switch(Keys.Insecure),
        };
    }

    private static Secret? TokenOf(ConfigurationValues values, List<string> faults)
    {
        var (token, file) = (values[Keys.Token], values[Keys.TokenFile]);
        if (token is not null && file is not null && token.Source == file.Source)
            faults.Add($"{file.Place}: both token and token_file are given; remove one");
        if (file is null || token?.Source > file.Source) 
            return values.Secret(Keys.Token, TokenText.IsToken, "visible ASCII letters");
        if (TokenText.InFile(file.Text, out var fault) is { } secret) return secret;
        faults.Add($"{file.Place}: token_file {SpecErrors.Quote(file.Text)}: {fault}");
        return null;
    }

    private static string DefaultState(Processes process) => Path.Combine("results",
        process == Processes.Serve ? ".cluster" : $".{process.InWords()}");

    // A machine may be called GPU_7.Example; a node is called gpu_7.example.
    private static string NameOf(string machine, List<string> faults)
    {
        var name = machine.ToLowerInvariant();
        if (SpecNames.Fault(name) is not null)
            faults.Add($"the machine's name {SpecErrors.Quote(machine)} cannot be a node's: "
                + $"set node to {SpecNames.Rule}");
        return name;
    }

    // Nobody can call 0.0.0.0.
    private static Uri Reachable(Uri listen, string machine) =>
        IPAddress.TryParse(listen.DnsSafeHost, out var address)
        && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(listen) { Host = machine.ToLowerInvariant() }.Uri
            : listen;
}
