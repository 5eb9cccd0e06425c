using System.Text;
using System.Threading.Channels;
using Mneme.Actors;
using Mneme.Coordinator.Embedded;
using Mneme.Coordinator.Experiments;
using Mneme.Coordinator.Leadership;
using Mneme.Coordinator.Search;
using Mneme.Journal;
using Mneme.Journal.Sqlite;
using Mneme.Messages;
using Mneme.Plans;
using Mneme.Specs;
using Mneme.Tests.Shared.Actors;
using Mneme.Transport;
using Mneme.Transport.InProcess;
using Mneme.Worker;

namespace Mneme.Tests.Simulation;

/// <summary>A whole cluster in one thread and virtual time: the real coordinators and workers over
/// a simulated broker, one journal, and trainings that only take time. A seed fixes everything.
/// </summary>
internal sealed class World : IDisposable
{
    private readonly VirtualClock clock = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly SeededDispatcher brokersOwn;
    private readonly MemoryBlobs blobs = new();
    private readonly List<SimulatedProcess> processes = [];
    private readonly List<SimulatedProcess> buried = [];
    private readonly Func<ExperimentState, ExperimentCommand, Decision> decide;
    private SplitMix random;
    private readonly HashSet<(string, int, long)> sent = [];
    private int births;

    public double LosesAnswers { get; set; }
    public double DiesAtCommit { get; set; }

    public World(
        ulong seed, Faults weather,
        Func<ExperimentState, ExperimentCommand, Decision>? decide = null)
    {
        random = new SplitMix(seed);
        brokersOwn = new SeededDispatcher(seed);
        Broker = new InProcessBroker(clock, brokersOwn, weather);
        Journal = SqliteJournal.InMemory(clock);
        this.decide = decide ?? ExperimentDecisions.Decide;
    }

    public InProcessBroker Broker { get; }
    public SqliteJournal Journal { get; }
    public DateTimeOffset Now => clock.GetUtcNow();
    public IEnumerable<SimulatedProcess> Living => processes.Where(p => !p.IsDead);
    public IEnumerable<string> Lines => processes.Concat(buried).SelectMany(p => p.Lines).Order();

    public double Draw() => random.Fraction();
    public int Draw(int below) => random.Below(below);

    /// <summary>Trial-steps that were computed, committed or not.</summary>
    public long Computed { get; private set; }

    /// <summary>Commits that were recorded under a right that nobody had used to send them.
    /// </summary>
    public List<string> Thefts { get; } = [];

    public SimulatedProcess AddCoordinator(string node)
    {
        var process = Born(node);
        process.Journal = new MortalJournal(Journal, Draw, () => Kill(process), Check)
        {
            LosesAnswers = LosesAnswers, Dies = DiesAtCommit,
        };
        process.Do(() =>
        {
            process.Coordinator = new CoordinatorNode(
                new Eavesdropper(Broker, process, _ => { }),
                new CoordinatorSurroundings(
                    process.Journal, blobs, new Candidate(node, Incarnation(), $"http://{node}"),
                    Submissions.Schemas, Pack, _ => Publish(),
                    Credentials: null, BlobUrl: null, Incarnation) { Decide = decide },
                process.Settings);
            process.Coordinator.Start();
        });
        return process;
    }

    /// <summary>Stands for the writing of results.</summary>
    public Func<Task> Publish { get; set; } = () => Task.CompletedTask;

    public TimeSpan StepTime { get; init; } = TimeSpan.FromSeconds(1);

    public SimulatedProcess AddWorker(string node, TimeSpan step, int slots = 1)
    {
        var process = Born(node);
        var me = new WorkerIdentity(
            node, Incarnation(), slots, "cpu", "class", CatalogueIdentity.Of(Submissions.Schemas));
        process.Do(() =>
        {
            process.Worker = new WorkerNode(
                new Eavesdropper(Broker, process, commit => sent.Add(Right(commit))), me,
                _ => blobs,
                (_, store, worker) => new SimulatedCohort(
                    store, worker, step, lanes => Computed += lanes),
                process.Settings);
            process.Worker.Start();
        });
        return process;
    }

    /// <summary>Those that died since the last call.</summary>
    public IReadOnlyList<SimulatedProcess> TakeDead()
    {
        var dead = processes.Where(p => p.IsDead).ToList();
        processes.RemoveAll(dead.Contains);
        buried.AddRange(dead);
        return dead;
    }

    /// <summary>Starts what a dead process was, as a new one.</summary>
    public void Again(SimulatedProcess dead)
    {
        if (dead.Coordinator is not null) AddCoordinator(dead.Node);
        else AddWorker(dead.Node, StepTime);
    }

    public void Kill(SimulatedProcess process)
    {
        process.Die();
        if (process.Box is { } box) Broker.Cut(box);
    }

    public void Freeze(SimulatedProcess process)
    {
        process.IsFrozen = true;
        if (process.Box is { } box) Broker.Freeze(box);
    }

    public void Thaw(SimulatedProcess process)
    {
        process.IsFrozen = false;
        if (process.Box is { } box) Broker.Thaw(box);
    }

    /// <summary>Puts an experiment into the journal, as a leader would.</summary>
    public void Submit(string text)
    {
        var spec = SpecReader.Parse(
            "spec", Encoding.UTF8.GetBytes(text), Submissions.Schemas).Spec!;
        var submitted = Submission.Event(
            spec, Submissions.FamilyOf(spec), Pack(spec, new PackingWishes(1)), numerics: "");
        var me = new Candidate("test", "life", "");
        var epoch = Journal.TakeLead(me, TimeSpan.Zero).AsTask().GetAwaiter().GetResult()!.Value;
        Journal.Append(epoch, spec.Name, [submitted]).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Lets the world go on until a moment, or until it is over.</summary>
    public bool Run(TimeSpan time, Func<bool> isOver)
    {
        var until = Now + time;
        while (Now < until)
        {
            Settle();
            if (isOver()) return true;
            var next = clock.NextDue is { } due && due < until ? due : until;
            clock.Advance(next - Now);
        }
        Settle();
        return isOver();
    }

    /// <summary>What there is to know when something went wrong.</summary>
    public string Look(string experiment)
    {
        var lines = new List<string>();
        foreach (var process in Living)
            lines.Add($"{process.Name} frozen {process.IsFrozen} cut {process.Journal?.IsCut} "
                + $"box {process.Box} leads {process.Coordinator?.Leads}");
        lines.AddRange(Journal.Read(experiment).AsTask().GetAwaiter().GetResult()
            .TakeLast(12).Select(happened => $"{happened}"));
        lines.AddRange(Journal.LiveSessions().AsTask().GetAwaiter().GetResult()
            .Select(session => $"{session}"));
        return $"{Now:HH:mm:ss.f}\n{string.Join('\n', lines)}";
    }

    public void Dispose() => Journal.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void Settle()
    {
        while (brokersOwn.Step() || StepOne()) { }
    }

    // In a drawn order, so that no process is always first.
    private bool StepOne()
    {
        var first = processes.Count == 0 ? 0 : random.Below(processes.Count);
        for (var i = 0; i < processes.Count; i++)
            if (processes[(first + i) % processes.Count].Step()) return true;
        return false;
    }

    private SimulatedProcess Born(string node)
    {
        var process = new SimulatedProcess(
            $"{node}-{++births}", node, (ulong)births * 7919 + (ulong)random.Below(1 << 20), clock);
        processes.Add(process);
        return process;
    }

    // A commit counts under the right with which its worker sent it, and under no other.
    private void Check(string stream, ExperimentEvent happened)
    {
        if (happened is SegmentCommitted e && !sent.Contains((stream, e.Segment, e.Epoch)))
            Thefts.Add($"{stream}#{e.Segment} was committed under epoch {e.Epoch}, "
                + "under which no worker had sent it");
    }

    private static (string, int, long) Right(Commit commit) =>
        (commit.Segment.Experiment, commit.Segment.Index, commit.Epoch);

    private string Incarnation() => $"i{++births}";

    private static Packing Pack(ExperimentSpec spec, PackingWishes wishes) =>
        new([new ShapePacking(2, 4)], wishes.Sharing);

    /// <summary>The broker as one process sees it; the world learns its mailbox.</summary>
    private sealed class Eavesdropper(
        ITransport inner, SimulatedProcess process, Action<Commit> heard) : ITransport
    {
        public async Task<ILink> Connect(Caller caller, CancellationToken cancel = default)
        {
            var link = await inner.Connect(caller, cancel);
            process.Box = link.Box;
            return new Overheard(link, heard);
        }
    }

    private sealed class Overheard(ILink link, Action<Commit> heard) : ILink
    {
        public string Box => link.Box;
        public ChannelReader<Frame> Inbox => link.Inbox;
        public ChannelReader<string> Departures => link.Departures;
        public Task<LinkDown> Down => link.Down;

        public ValueTask<Sent> Send(Route to, Frame frame)
        {
            if (MessageFrame.Open(frame)?.Message is Commit commit) heard(commit);
            return link.Send(to, frame);
        }

        public IAsyncDisposable Serve(Func<Delivery, ValueTask<Ack>> handle, int window) =>
            link.Serve(handle, window);

        public ValueTask DisposeAsync() => link.DisposeAsync();
    }
}
