using Mneme.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Mneme.Telemetry;

/// <summary>Sends what <see cref="Instruments"/> measure to a collector, until it is disposed of:
/// that sends the rest. A collector that is away is no concern of the work's.</summary>
public sealed class TelemetryExport : IDisposable
{
    private const int GrpcPort = 4317; // the convention's; its port for HTTP is 4318
    private const int PatienceMilliseconds = 5000;
    private readonly MeterProvider meters;
    private readonly TracerProvider traces;

    /// <summary>As the settings have it; null when they name no collector.</summary>
    public static TelemetryExport? Of(NodeConfiguration settings, string incarnation) =>
        settings.Otlp is { } collector
            ? new TelemetryExport(
                collector, settings.Process.InWords(), settings.Node, incarnation,
                TimeSpan.FromSeconds(10))
            : null;

    /// <param name="collector">Its address without a path, as in <c>http://127.0.0.1:4318</c>.
    /// </param>
    /// <param name="process">coordinator, worker or lighthouse.</param>
    public TelemetryExport(
        Uri collector, string process, string node, string incarnation, TimeSpan interval)
    {
        var resource = ResourceBuilder.CreateEmpty()
            .AddService($"mneme-{process}", serviceInstanceId: incarnation)
            .AddAttributes([new("host.name", node)]);
        meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Instruments.Name)
            .AddOtlpExporter((exporter, reader) =>
            {
                Reach(exporter, collector, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds =
                    (int)interval.TotalMilliseconds;
            })
            .Build();
        traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Instruments.Name)
            .AddOtlpExporter(exporter => Reach(exporter, collector, "v1/traces"))
            .Build();
    }

    public void Dispose()
    {
        traces.Dispose();
        meters.Dispose();
    }

    private static void Reach(OtlpExporterOptions exporter, Uri collector, string path)
    {
        var isGrpc = collector.Port == GrpcPort;
        exporter.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = isGrpc ? collector : new Uri(collector, path);
        exporter.TimeoutMilliseconds = PatienceMilliseconds;
    }
}
