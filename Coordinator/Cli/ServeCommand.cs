using System.CommandLine;
using System.Security.Cryptography;
using Mneme.Actors;
using Mneme.Blobs;
using Mneme.Blobs.Folder;
using Mneme.Configuration;
using Mneme.Coordinator.Api;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Export;
using Mneme.Coordinator.Leadership;
using Mneme.Credentials;
using Mneme.Journal;
using Mneme.Journal.Postgres;
using Mneme.Journal.Sqlite;
using Mneme.Telemetry;
using Mneme.Transport.RabbitMq;

namespace Mneme.Coordinator.Cli;

/// <summary><c>mneme serve</c>: a coordinator, leading or standing by.</summary>
internal static class ServeCommand
{
    public static Command Build()
    {
        var options = new ConfigurationOptions(Processes.Serve);
        var command = new Command("serve", "Coordinate a cluster, or stand by until it is needed");
        options.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var settings = OperatorToken.Ensure(options.Read(parsed));
            try { return await Serve(settings); }
            catch (Exception error) when (error is JournalException or BlobError
                or BrokerAddressUnusable or IOException or UnauthorizedAccessException)
            {
                throw new UserError(error.Message, inner: error);
            }
        });
        return command;
    }

    private static async Task<int> Serve(NodeConfiguration settings)
    {
        if (settings.Broker is not { } broker)
            throw new UserError(
                "a coordinator speaks to its workers through a broker: set broker, or try a whole "
                + "cluster on this machine with './mneme up'", UserError.Usage);
        ThreadPool.SetMinThreads(2 * Environment.ProcessorCount, 2 * Environment.ProcessorCount);
        var me = new Candidate(
            settings.Node, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            settings.Advertise.GetLeftPart(UriPartial.Authority));
        using var log = LogOutput.Of(settings, me.Incarnation);
        using var telemetry = TelemetryExport.Of(settings, me.Incarnation);
        using var stop = new StopSignals();
        using var folderLock = settings.Database is null ? Locked(settings.State) : null;
        await using var journal = await Journal(settings);
        await using var node = new CoordinatorNode(
            new RabbitMqTransport(new RabbitMqOptions(broker.Reveal(), BrokerRole.Coordinator)
            {
                CaFile = settings.BrokerCa, AllowsPlain = settings.Insecure,
            }),
            Surroundings(settings, me, journal), new ActorSettings { Log = log.Write });
        await using var api = new ApiServer(
            settings, new CoordinatorDesk(node, name => Published(settings, name)), log.Write,
            TimeProvider.System, BlobEndpoints.Map);
        await api.Start();
        node.Start();
        Console.WriteLine($"coordinator {me.Node}: {me.Url}");
        var stopped = new TaskCompletionSource(
            TaskCreationOptions.RunContinuationsAsynchronously);
        await using var asked = stop.Token.Register(() => stopped.TrySetResult());
        if (await Task.WhenAny(stopped.Task, node.Failure) == node.Failure)
            throw new InvalidOperationException(
                "a part of the coordinator failed", await node.Failure);
        await api.Stop();
        return 0;
    }

    private static async Task<IJournal> Journal(NodeConfiguration settings) =>
        settings.Database is { } database
            ? await PostgresJournal.Open(database.Reveal())
            : new SqliteJournal(
                Path.Combine(settings.State, "journal.db"), TimeProvider.System);

    // SQLite has one coordinator: a second one on the folder would only wait.
    private static FileStream Locked(string state)
    {
        Directory.CreateDirectory(state);
        try
        {
            return new FileStream(
                Path.Combine(state, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite,
                FileShare.None);
        }
        catch (IOException error)
        {
            throw new UserError(
                $"{state}: another coordinator serves from this folder. A standby needs a "
                + "PostgreSQL journal (database)", inner: error);
        }
    }

    private static CoordinatorSurroundings Surroundings(
        NodeConfiguration settings, Candidate me, IJournal journal)
    {
        var blobs = FolderBlobs.Open(
            settings.Blobs!, TimeProvider.System, belongsTo: journal.StoreId);
        var root = new CredentialRow(
            TokenHash.Of(settings.Token!.Reveal()), "root", "operator", null,
            DateTimeOffset.MaxValue, IsRevoked: false);
        return new CoordinatorSurroundings(
            journal, blobs, me, Submissions.Schemas, Submissions.Pack,
            submission => Publish(settings, blobs, submission), new KnownCredentials(root),
            me.Url, () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    }

    private static async Task Publish(
        NodeConfiguration settings, IBlobStore blobs, Submission submission)
    {
        var workshop = Path.Combine(settings.Results, ".publishing", submission.Spec.Name);
        var results = ExperimentResults.Of(
            submission.Spec, submission.Family, submission.State, submission.Results);
        await Publication.Publish(
            new Workshop(workshop, blobs, $"class {submission.State.Numerics}"), submission,
            results, settings.Results);
    }

    private static string? Published(NodeConfiguration settings, string experiment)
    {
        var folder = Publication.TargetOf(settings.Results, experiment);
        return Directory.Exists(folder) ? folder : null;
    }
}
