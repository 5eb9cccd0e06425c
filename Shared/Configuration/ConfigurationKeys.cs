using System.Collections.Immutable;
using static Mneme.Configuration.KeyKind;
using static Mneme.Configuration.Processes;

namespace Mneme.Configuration;

/// <summary>Everything that can be configured, and for which process.</summary>
public static class ConfigurationKeys
{
    public const string
        Node = "node", Broker = "broker", BrokerCa = "broker_ca", Database = "database",
        State = "state", Blobs = "blobs", Results = "results", Listen = "listen",
        Advertise = "advertise", TlsCertificate = "tls.certificate", TlsKey = "tls.key",
        TlsCa = "tls.ca", Slots = "slots", Device = "device", Token = "token",
        TokenFile = "token_file", Grace = "grace", Otlp = "otlp", LogLevel = "log.level",
        LogFile = "log.file", Insecure = "insecure";

    public static ImmutableArray<ConfigurationKey> Table { get; } =
    [
        new(Node, Text, All, "the machine's name", "gpu-07",
            "This process's lasting name in the cluster."),
        new(Broker, KeyKind.Secret, All, "none",
            "amqps://worker:PASSWORD@broker.example/mneme",
            "RabbitMQ. Another machine's needs amqps, a user and a password."),
        new(BrokerCa, Text, All, "the system's", "/etc/mneme/broker-ca.pem",
            "PEM file of the authorities that may have signed the broker's certificate."),
        new(Database, KeyKind.Secret, Serve, "none: SQLite in the state folder",
            "Host=db.example;Database=mneme;Username=mneme;Password=PASSWORD;SSL Mode=VerifyFull",
            "PostgreSQL. Only the coordinator has a login."),
        new(State, Text, All, "results/.cluster, .worker or .lighthouse", "/var/lib/mneme",
            "Folder for what this process must find again: journal, checkpoints, last view."),
        new(Blobs, Text, Serve | Worker, "blobs in the state folder; a worker is told",
            "/mnt/mneme/blobs",
            "Checkpoints: a folder that all coordinators see, or a coordinator's URL."),
        new(Results, Text, Serve, "results", "/srv/results",
            "Folder in which finished experiments are published."),
        new(Listen, Text, Serve | Lighthouse, "http://127.0.0.1:7070", "https://0.0.0.0:7070",
            "Where HTTP is answered. Beyond this machine only with TLS and a token."),
        new(Advertise, Text, Serve | Lighthouse, "what it listens to",
            "https://mneme.example:7070", "The URL under which others reach it."),
        new(TlsCertificate, Text, Serve | Lighthouse, "none", "/etc/mneme/tls.crt",
            "PEM file with the certificate and what comes between it and its authority."),
        new(TlsKey, Text, Serve | Lighthouse, "none", "/etc/mneme/tls.key",
            "PEM file with the certificate's private key."),
        new(TlsCa, Text, All, "the system's", "/etc/mneme/ca.pem",
            "PEM file of the authorities that other processes' certificates come from."),
        new(Slots, Whole, Worker, "one per core", "8", "Cohorts that train at once."),
        new(Device, Text, Worker, "cpu", "cuda:0", "Where they train: cpu or cuda:N."),
        new(Token, KeyKind.Secret, All, "none", "MADE-WITH-openssl-rand-hex-32",
            "serve: the first operator's token; worker: what lets it join; lighthouse: a token "
            + "that may read the view even when the leader cannot be asked."),
        new(TokenFile, Text, All, "none", "/etc/mneme/token",
            "File that holds the token, instead of the setting itself."),
        new(Grace, Text, Serve | Worker, "60s", "5m",
            "How long a stop may take before it is cut short."),
        new(Otlp, Text, All, "none", "http://127.0.0.1:4317", "Where traces and metrics go."),
        new(LogLevel, Text, All, "info", "debug", "debug, info, warning or error."),
        new(LogFile, Text, All, "standard error", "/var/log/mneme.log", "Where the log goes."),
        new(Insecure, Switch, All, "false", "true",
            "Starts although something beyond this machine has no TLS or no credentials."),
    ];

    public static IEnumerable<ConfigurationKey> Of(Processes process) =>
        Table.Where(key => key.Processes.HasFlag(process));

    internal static ConfigurationKey Named(string name) => Table.First(key => key.Name == name);
}
