using System.Text;
using Mneme.Coordinator.Api;
using Mneme.Coordinator.Search;
using Mneme.Journal;
using Mneme.Messages;
using Mneme.Tests.Shared.Actors;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Api;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("POST", "/v1/experiments/small/pause", "pause", "small")]
    [InlineData("POST", "/v1/experiments/small/resume", "resume", "small")]
    [InlineData("POST", "/v1/experiments/small/stop", "stop", "small")]
    [InlineData("POST", "/v1/experiments/small/cancel", "cancel", "small")]
    [InlineData("POST", "/v1/experiments/small/retry", "retry", "small")]
    [InlineData("POST", "/v1/nodes/gpu-1/drain", "drain", "gpu-1")]
    [InlineData("POST", "/v1/nodes/gpu-1/undrain", "undrain", "gpu-1")]
    [InlineData("POST", "/v1/nodes/gpu-1/down", "down", "gpu-1")]
    [InlineData("POST", "/v1/failover", "failover", "")]
    public async Task An_order_says_who_gave_it_from_where_why_and_by_which_id(
        string method, string path, string verb, string target)
    {
        await using var api = await RunningApi.Start();

        var said = await api.Ask(method, $"{path}?why=too%20hot%0a", "operator", null,
            "Mneme-Request-Id: r-17");

        (said.Status, said.Body).ShouldBe((200, """{"done":"done as told"}"""));
        api.Desk.Orders.ShouldHaveSingleItem().ShouldBe(new Asking(
            verb, target, new Order("operator", "127.0.0.1", "too hot", "r-17")));
    }

    [Fact]
    public async Task An_id_is_made_when_none_is_given_and_must_be_one_when_it_is()
    {
        await using var api = await RunningApi.Start();

        await api.Ask("POST", "/v1/failover", "operator");
        var said = await api.Ask("POST", "/v1/failover", "operator", null,
            "Mneme-Request-Id: a b");

        said.Status.ShouldBe(400);
        api.Desk.Orders.ShouldHaveSingleItem().Order.Request.Length.ShouldBe(32);
    }

    [Theory]
    [InlineData(OrderOutcome.Refused, 409)]
    [InlineData(OrderOutcome.NotFound, 404)]
    [InlineData(OrderOutcome.Invalid, 422)]
    public async Task An_order_that_is_not_carried_out_says_why(OrderOutcome outcome, int status)
    {
        await using var api = await RunningApi.Start();
        api.Desk.Answer = new OrderAnswer(outcome, "because");

        (await api.Ask("POST", "/v1/failover")).ShouldSatisfyAllConditions(
            said => said.Status.ShouldBe(status),
            said => said.Body.ShouldBe("""{"error":"because"}"""));
    }

    [Fact]
    public async Task A_submission_comes_with_its_wishes()
    {
        await using var api = await RunningApi.Start();

        var said = await api.Ask("POST", "/v1/experiments?cohort_size=8&sharing=false",
            "submitter", "name: small\n# é\n");

        said.Status.ShouldBe(201);
        api.Desk.Orders.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            asking => asking.Target.ShouldBe("name: small\n# é\n"),
            asking => asking.Wishes.ShouldBe(new PackingWishes(4, 8, null, Sharing: false)));
    }

    [Fact]
    public async Task What_is_seen_of_the_cluster_is_what_its_leader_sees()
    {
        await using var api = await RunningApi.Start();

        var said = await api.Get("/v1/cluster", "viewer");

        var view = ClusterViewCodec.Decode(Encoding.UTF8.GetBytes(said.Body));
        view.Leader.ShouldBe(api.Desk.Shown.Leader);
        view.Workers.ShouldHaveSingleItem().Held.ShouldHaveSingleItem().Step.ShouldBe(120);
        said.Body.ShouldContain("\"last_beat\":\"00:00:02\"");
        (await api.Get("/v1/members")).Body.ShouldStartWith("[{\"node\":\"gpu-1\"");
        (await api.Get("/v1/leader")).Body.ShouldContain("\"epoch\":3");
        (await api.Get("/v1/experiments")).Body.ShouldStartWith("[{\"name\":\"small\"");
    }

    [Fact]
    public async Task An_experiment_is_described_read_and_verified()
    {
        await using var api = await RunningApi.Start();
        api.Desk.Faults = ["segment 3 is twice"];

        (await api.Get("/v1/experiments/small")).Body.ShouldContain("\"cause\":\"oom\"");
        (await api.Get("/v1/experiments/other")).Status.ShouldBe(404);
        (await api.Get("/v1/experiments/small/journal?after=41&at_most=5")).Body.ShouldBe(
            """{"events":[{"sequence":42,"kind":"segment-ready","payload":{"segment":5}}]}""");
        (await api.Get("/v1/operators/journal")).Body.ShouldContain("\"sequence\":1,");
        (await api.Get("/v1/experiments/small/verify")).Body.ShouldBe(
            """{"faults":["segment 3 is twice"]}""");
        (await api.Get("/v1/experiments/other/verify")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Events_tell_every_change_and_something_every_five_seconds()
    {
        var clock = new VirtualClock();
        await using var api = await RunningApi.Start(clock);
        using var events = new StreamReader(await api.Open("/v1/events"));

        (await Next(events)).Workers[0].Free.ShouldBe(1);
        api.Desk.Shown = api.Desk.Shown with
        {
            Workers = [api.Desk.Shown.Workers[0] with { Free = 2 }],
        };
        await Until(() => clock.ActiveTimers > 0);
        clock.Advance(TimeSpan.FromSeconds(1));
        (await Next(events)).Workers[0].Free.ShouldBe(2);
        var next = Next(events);
        while (!next.IsCompleted)
        {
            await Task.Yield();
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        (await next).Workers[0].Free.ShouldBe(2);
    }

    [Fact]
    public async Task So_many_may_listen_to_the_events_and_no_more()
    {
        await using var api = await RunningApi.Start();
        var listeners = new List<Stream>();
        for (var i = 0; i < 128; i++) listeners.Add(await api.Open("/v1/events"));

        var refused = await api.Get("/v1/events", "viewer");

        (refused.Status, refused.Headers["Retry-After"]).ShouldBe((503, "5"));
        (await api.Get("/v1/cluster", "viewer")).Status.ShouldBe(200);
        foreach (var listener in listeners) await listener.DisposeAsync();
    }

    [Fact]
    public async Task A_standby_sends_everyone_to_the_leader_with_path_and_query()
    {
        await using var api = await RunningApi.Start();
        api.Desk.Leads = false;
        api.Desk.Leader = new LeaderView("other", "i2", 4, "https://other.example:7070");

        foreach (var route in ApiRoutes.Table.Where(route => route.OnlyLeader))
        {
            var path = $"{AccessTests.PathOf(route)}?why=a%20b&x=1";
            var said = await api.Ask(route.Method, path, "operator", null);
            said.Status.ShouldBe(307, path);
            said.Headers["Location"].ShouldBe($"https://other.example:7070{path}");
            (await api.Ask(route.Method, path, who: null)).Status.ShouldBe(401);
        }
        (await api.Get("/v1/leader")).Status.ShouldBe(200);
        (await api.Get("/healthz", null)).Status.ShouldBe(200);
        api.Desk.Orders.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http://127.0.0.1:0")]
    public async Task With_nobody_to_send_them_to_askers_are_told_to_come_again(string? url)
    {
        await using var api = await RunningApi.Start();
        api.Desk.Leads = false;
        api.Desk.Leader = url is null ? null : new LeaderView("head", "i1", 3, url);

        var said = await api.Get("/v1/cluster");

        said.Status.ShouldBe(503);
        said.Headers["Retry-After"].ShouldBe("2");
    }

    [Fact]
    public async Task A_journal_that_does_not_answer_is_told_as_that()
    {
        await using var api = await RunningApi.Start();
        api.Desk.Failure = new JournalUnavailable("the database is away", new IOException("x"));

        var said = await api.Get("/v1/cluster");

        (said.Status, said.Headers["Retry-After"]).ShouldBe((503, "2"));
        api.Desk.Failure = new NotLeading();
        (await api.Get("/v1/cluster")).Status.ShouldBe(503);
    }

    [Fact]
    public async Task A_process_that_was_told_to_be_insecure_says_so_in_every_answer()
    {
        await using var api = await RunningApi.Start(given: "--insecure=true");

        (await api.Get("/healthz", null)).Headers["Mneme-Insecure"].ShouldBe("true");
    }

    private static async Task<ClusterView> Next(StreamReader events)
    {
        (await events.ReadLineAsync()).ShouldBe("event: view");
        var data = (await events.ReadLineAsync()).ShouldNotBeNull();
        await events.ReadLineAsync();
        return ClusterViewCodec.Decode(Encoding.UTF8.GetBytes(data["data: ".Length..]));
    }

    private static async Task Until(Func<bool> happened)
    {
        while (!happened()) await Task.Yield();
    }
}
