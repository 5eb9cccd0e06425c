using Mneme.Configuration;
using Mneme.Coordinator;
using Mneme.Coordinator.Api;
using Mneme.Tests.Coordinator.Cli;
using Mneme.Tests.Shared.Configuration;
using Mneme.Tests.Shared.Results;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Api;

[Collection(TheProgram.Name)]
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Certificates certificates;

    public TlsTests() => certificates = new Certificates(folder);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_server_with_a_certificate_is_believed_by_those_who_know_its_authority()
    {
        await using var server = Server(certificates.Certificate, certificates.Key);
        await server.Start();

        (await Leader(server.Url, "--tls-ca", certificates.Authority)).ShouldBeFine();
        (await Leader(server.Url)).ShouldBeRefused(1, "certificate is not believed", "--tls-ca");
        (await Leader(server.Url, "--tls-ca", certificates.Key)).ShouldBeRefused(
            2, "tls-ca", "holds no certificate");
        (await Leader(new Uri($"http://127.0.0.1:{server.Url.Port}"))).ShouldBeRefused(
            1, "no server answers there");
        await server.Stop();
    }

    [Fact]
    public void A_certificate_that_cannot_be_used_is_named()
    {
        Should.Throw<UserError>(() => Server(certificates.Certificate, certificates.Authority))
            .Message.ShouldContain("tls.certificate");
        Should.Throw<UserError>(() => Server("/nowhere", certificates.Key))
            .Message.ShouldContain("/nowhere");
    }

    [Fact]
    public async Task An_address_that_is_taken_is_named()
    {
        await using var first = await RunningApi.Start();
        var settings = Given.Read(
            Processes.Serve, null, $"--listen={first.Server.Url}").Settings!;
        await using var second = new ApiServer(
            settings, new SampleDesk(), _ => { }, TimeProvider.System);

        (await Should.ThrowAsync<UserError>(second.Start())).Message.ShouldContain(
            $"listen: {first.Server.Url}");
    }

    [Fact]
    public void Without_a_token_one_is_made_that_the_owner_alone_can_read()
    {
        var settings = Given.Read(
            Processes.Serve, null, $"--state={folder.At("state")}").Settings!;

        var first = OperatorToken.Ensure(settings);
        var again = OperatorToken.Ensure(settings);

        first.Token!.Length.ShouldBeGreaterThan(64);
        again.Token.ShouldBe(first.Token);
        var file = folder.At("state/operator-token");
        new FileInfo(file).UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        OperatorToken.Ensure(settings with { Token = new Secret("own") }).Token!.Reveal()
            .ShouldBe("own");
        File.WriteAllText(file, "two words");
        Should.Throw<UserError>(() => OperatorToken.Ensure(settings))
            .Message.ShouldContain("delete it");
    }

    private static ApiServer Server(string certificate, string key) => new(
        Given.Read(Processes.Serve, null, "--listen=https://127.0.0.1:0",
            $"--tls-certificate={certificate}", $"--tls-key={key}",
            $"--token={RunningApi.RootToken}").Settings!,
        new SampleDesk(), _ => { }, TimeProvider.System);

    private Task<Ended> Leader(Uri server, params string[] more) => RunningProgram.Run(
        folder.At(""),
        ["cluster", "leader", "--server", $"{server}", "--token", RunningApi.RootToken, .. more]);
}
