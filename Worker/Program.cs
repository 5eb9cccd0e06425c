using System.Security.Cryptography;
using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Blobs.Folder;
using Mneme.Blobs.Http;
using Mneme.Configuration;
using Mneme.Credentials;
using Mneme.Specs;
using Mneme.Telemetry;
using Mneme.Transport.RabbitMq;
using Mneme.Worker;
using Mneme.Worker.Sessions;

const int Failed = 1, Usage = 2;
if (args is ["--help"] or ["-h"] or ["help"])
{
    Console.WriteLine("Usage: mneme worker [--config FILE] [--SETTING VALUE ...]\n");
    Console.Write(ConfigurationReference.Of(Processes.Worker));
    return 0;
}
if (ConfigurationFlags.Parse(Processes.Worker, args, out var fault) is not { } flags)
    return Say(fault, Usage);
var reading = ConfigurationReader.Read(Processes.Worker, ConfigurationSources.OfThisProcess(
    flags.GetValueOrDefault(ConfigurationFlags.File), flags));
if (!reading.IsValid) return Say(string.Join("\nmneme-worker: ", reading.Faults), Usage);
var settings = reading.Settings;
if (settings.Broker is not { } broker)
    return Say("a worker hears of its work from the broker: set broker", Usage);
if (settings.Insecure)
    Say($"{Exposure.Banner} {string.Join("; ", Exposure.Faults(settings))}", Usage);

// Beats, commits and the broker's own threads must not wait for the pool to grow.
ThreadPool.SetMinThreads(2 * Environment.ProcessorCount, 2 * Environment.ProcessorCount);
var me = new WorkerIdentity(
    settings.Node, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
    settings.Slots ?? Environment.ProcessorCount, settings.Device,
    NumericsClass.Of(settings.Device), CatalogueIdentity.Of(
        Catalog.Families.Select(family => family.Schema)), settings.Token?.Reveal());
try
{
    using var log = LogOutput.Of(settings, me.Incarnation);
    using var telemetry = TelemetryExport.Of(settings, me.Incarnation);
    using var asked = new StopSignals();
    await using var node = new WorkerNode(
        new RabbitMqTransport(new RabbitMqOptions(broker.Reveal(), BrokerRole.Worker)
        {
            CaFile = settings.BrokerCa, AllowsPlain = settings.Insecure,
        }),
        me, BlobsAt(settings), Catalog.NewCohort, new ActorSettings { Log = log.Write });
    node.Start();
    Console.WriteLine($"worker {me.Node}: {me.Slots} slots on {me.Device}");
    _ = asked.First.ContinueWith(
        _ => node.Drain(Deadline(settings.Grace)), TaskScheduler.Default);
    await await Task.WhenAny(node.Gone, Fail(node.Failure), asked.Second);
    return 0;
}
catch (WorkerRefused error) { return Say(error.Message, Failed); }
catch (Exception error) when (error is BrokerAddressUnusable or BlobError or IOException
    or UnauthorizedAccessException or InvalidDataException)
{
    return Say(error.Message, Failed);
}

static Func<string?, IBlobStore> BlobsAt(NodeConfiguration settings)
{
    if (settings.Blobs is { } place && !Uri.TryCreate(place, UriKind.Absolute, out var url)
        | url?.Scheme is not ("http" or "https"))
    {
        FolderBlobs? folder = null;     // a coordinator founds it, before it welcomes anybody
        return _ => folder ??= FolderBlobs.Open(place, TimeProvider.System);
    }
    var current = new CurrentBlobs(address => new HttpBlobs(
        Trust.Handler(settings.TlsCa), address, () => settings.Token?.Reveal(),
        TimeProvider.System));
    return told => current.At(settings.Blobs ?? told);
}

// What is not committed by then is given back; the rest of the grace is for saying so.
static TimeSpan Deadline(TimeSpan grace) => grace > TimeSpan.FromSeconds(20)
    ? grace - TimeSpan.FromSeconds(15)
    : TimeSpan.FromSeconds(5);

// The actor's own path of failures says little to whoever reads the last line.
static async Task Fail(Task<Exception> failure)
{
    var error = await failure;
    for (var cause = error; cause is not null; cause = cause.InnerException)
        if (cause is WorkerRefused or BlobError) throw cause;
    throw new InvalidOperationException("a part of the worker failed", error);
}

static int Say(string text, int code)
{
    Console.Error.WriteLine($"mneme-worker: {text}");
    return code;
}
