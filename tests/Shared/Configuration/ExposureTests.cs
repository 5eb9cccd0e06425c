using Mneme.Configuration;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Configuration;

/// <summary>Rule S1: beyond this machine only with TLS and credentials.</summary>
public sealed class ExposureTests
{
    private const string Token = "--token=0123456789abcdef0123456789abcdef";
    private const string Certificate = "--tls-certificate=c.pem";
    private const string Key = "--tls-key=k.pem";

    [Theory]
    [InlineData("--listen=http://localhost:1")]
    [InlineData("--listen=http://127.8.9.1:7070")]
    [InlineData("--listen=http://[::1]:7070")]
    [InlineData("--listen=https://127.0.0.1:1", Certificate, Key)]
    [InlineData("--listen=https://0.0.0.0:1", Certificate, Key, Token)]
    [InlineData("--listen=https://mneme.example", Certificate, Key, Token)]
    [InlineData("--broker=amqp://guest:guest@localhost")]
    [InlineData("--broker=amqps://u:p@broker.example/v")]
    [InlineData("--database=Host=localhost;Password=x")]
    [InlineData("--database=Host=/run/postgresql")]
    [InlineData("--database=Server=db;SSL Mode=VerifyFull;User ID=u;Password=x")]
    [InlineData("--database=Host=db:5432,127.0.0.1;SslMode=verify-full;Username=u;Passfile=f")]
    [InlineData("--blobs=https://mneme.example")]
    [InlineData("--advertise=https://mneme.example")]
    [InlineData("--listen=http://0.0.0.0:1", "--insecure=true")]
    public void What_is_local_or_guarded_starts(params string[] given) =>
        Given.Read(Processes.Serve, null, given).Faults.ShouldBeEmpty();

    [Theory]
    [InlineData("without TLS: use https", "--listen=http://0.0.0.0:1", Token,
        "--advertise=https://x")]
    [InlineData("without TLS: use https", "--listen=http://[::]:1", Token, "--advertise=https://x")]
    [InlineData("without TLS: use https", "--listen=http://10.0.0.1", Token,
        "--advertise=https://x")]
    [InlineData("without TLS: use https", "--listen=http://localhost.example", Token,
        "--advertise=https://x")]
    [InlineData("https without a certificate: set tls.certificate and tls.key",
        "--listen=https://0.0.0.0:1", Token)]
    [InlineData("https without a certificate", "--listen=https://127.0.0.1:1", Certificate)]
    [InlineData("without credentials: set token or token_file", "--listen=https://0.0.0.0:1",
        Certificate, Key)]
    [InlineData("fewer than 32 characters", "--listen=https://0.0.0.0:1", Certificate, Key,
        "--token=hush")]
    [InlineData("advertise is mneme.example without TLS", "--advertise=http://mneme.example")]
    [InlineData("broker is on another machine (broker.example) without TLS: use amqps",
        "--broker=amqp://u:hush@broker.example")]
    [InlineData("not guest", "--broker=amqps://guest:guest@broker.example")]
    [InlineData("without credentials of its own", "--broker=amqps://broker.example")]
    [InlineData("database is on another machine (db) without a verified certificate: add "
        + "'SSL Mode=VerifyFull'", "--database=Host=db;Username=u;Password=hush")]
    [InlineData("without a verified certificate",
        "--database=Host=localhost,db;Username=u;Password=hush;SSL Mode=Require")]
    [InlineData("without credentials: add", "--database=Host=db;SSL Mode=VerifyFull")]
    [InlineData("blobs are on another machine (mneme.example)", "--blobs=http://mneme.example")]
    public void What_is_open_is_refused_with_the_setting_and_the_remedy(
        string said, params string[] given)
    {
        var fault = Given.Read(Processes.Serve, null, given).Faults.ShouldHaveSingleItem();

        fault.ShouldContain(said);
        fault.ShouldContain("--insecure");
        fault.ShouldNotContain("hush");
    }

    [Fact]
    public void A_lighthouse_needs_TLS_but_no_token_of_its_own()
    {
        Given.Read(Processes.Lighthouse, null, "--listen=https://0.0.0.0:1", Certificate, Key)
            .Faults.ShouldBeEmpty();
        Given.Read(Processes.Lighthouse, null, "--listen=http://0.0.0.0:1").IsValid.ShouldBeFalse();
    }
}
