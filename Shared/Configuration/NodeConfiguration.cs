using Mneme.Actors;

namespace Mneme.Configuration;

/// <summary>One process's settings, checked.</summary>
public sealed record NodeConfiguration
{
    public required Processes Process { get; init; }
    public required string Node { get; init; }

    /// <summary>An AMQP URL with user and password.</summary>
    public Secret? Broker { get; init; }
    public string? BrokerCa { get; init; }

    /// <summary>An Npgsql connection string; null: SQLite in <see cref="State"/>.</summary>
    public Secret? Database { get; init; }
    public required string State { get; init; }

    /// <summary>A folder, or an http(s) URL; null: the coordinator will tell.</summary>
    public string? Blobs { get; init; }
    public required string Results { get; init; }
    public required Uri Listen { get; init; }

    /// <summary>Without a path.</summary>
    public required Uri Advertise { get; init; }
    public string? TlsCertificate { get; init; }
    public string? TlsKey { get; init; }
    public string? TlsCa { get; init; }

    /// <summary>Null: one per core.</summary>
    public int? Slots { get; init; }
    public required string Device { get; init; }
    public Secret? Token { get; init; }
    public required TimeSpan Grace { get; init; }
    public Uri? Otlp { get; init; }
    public LogLevel LogLevel { get; init; } = LogLevel.Info;
    public string? LogFile { get; init; }

    /// <summary>Somebody wants it to start whatever <see cref="Exposure"/> says.</summary>
    public bool Insecure { get; init; }
}
