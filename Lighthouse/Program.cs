using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Mneme.Configuration;
using Mneme.Lighthouse;
using Mneme.Transport.RabbitMq;
using Mneme.Web;

const int Failed = 1, Usage = 2;

if (args is ["--help"] or ["-h"] or ["help"])
{
    Console.WriteLine("Usage: mneme-lighthouse [--config FILE] [--SETTING VALUE ...]\n");
    Console.Write(ConfigurationReference.Of(Processes.Lighthouse));
    return 0;
}
if (ConfigurationFlags.Parse(Processes.Lighthouse, args, out var fault) is not { } flags)
    return Say(fault, Usage);
var reading = ConfigurationReader.Read(
    Processes.Lighthouse, ConfigurationSources.OfThisProcess(
        flags.GetValueOrDefault(ConfigurationFlags.File), flags));
if (!reading.IsValid) return Say(string.Join("\nmneme-lighthouse: ", reading.Faults), Usage);
var settings = reading.Settings;
if (settings.Broker is not { } broker)
    return Say("a lighthouse hears the view from the broker: set broker", Usage);
if (settings.Insecure)
    Say($"{Exposure.Banner} {string.Join("; ", Exposure.Faults(settings))}", Usage);
try
{
    var transport = new RabbitMqTransport(
        new RabbitMqOptions(broker.Reveal(), BrokerRole.Lighthouse)
        {
            CaFile = settings.BrokerCa, AllowsPlain = settings.Insecure,
        });
    using var log = LogOutput.Of(
        settings, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    await using var server = new LighthouseServer(
        settings, transport, log.Write, TimeProvider.System,
        BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
    await server.Start();
    Console.WriteLine($"lighthouse {settings.Node}: {server.Url}");
    await Signal();
    await server.Stop();
    return 0;
}
catch (Exception error) when (error is CannotListen or BrokerAddressUnusable
    or IOException or UnauthorizedAccessException)
{
    return Say(error.Message, Failed);
}

static int Say(string text, int code)
{
    Console.Error.WriteLine($"mneme-lighthouse: {text}");
    return code;
}

static async Task Signal()
{
    var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        asked.TrySetResult();
    }
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    await asked.Task;
}
