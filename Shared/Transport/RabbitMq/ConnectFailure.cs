using System.Net.Sockets;
using System.Security.Authentication;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Mneme.Transport.RabbitMq;

/// <summary>Why a broker cannot be used now, in one line and without secrets.</summary>
internal static class ConnectFailure
{
    public static string Explain(Exception failure, BrokerAddress address)
    {
        var causes = Causes(failure).ToArray();
        var (place, user) = (address.Place, address.User);
        if (causes.OfType<AuthenticationFailureException>().Any())
            return $"the broker at {place} refuses the user {user}: " +
                "check the name and the password in the address";
        if (causes.OfType<OperationInterruptedException>().FirstOrDefault() is { } refusal)
            return Explain(refusal, address);
        if (causes.OfType<AuthenticationException>().FirstOrDefault() is { } distrust)
            return $"the certificate of the broker at {place} cannot be trusted " +
                $"({OneLine(distrust.Message)}): name the file of its authority, and the host " +
                "as the certificate does";
        if (causes.OfType<SocketException>().FirstOrDefault() is { } silence)
            return $"no broker answers at {place} ({OneLine(silence.Message)}): " +
                "is it running, and is the address right?";
        return $"the broker at {place} cannot be reached: {OneLine(causes[^1].Message)}";
    }

    private static string Explain(OperationInterruptedException refusal, BrokerAddress address)
    {
        var (place, user) = (address.Place, address.User);
        var text = OneLine(refusal.ShutdownReason?.ReplyText ?? refusal.Message);
        return refusal.ShutdownReason?.ReplyCode switch
        {
            Constants.NotAllowed => $"the broker at {place} does not let {user} into the " +
                $"virtual host {address.Space}: make it, and give {user} its permissions there",
            Constants.AccessRefused => $"the broker at {place} refuses {user} what its role " +
                $"needs ({text}): give it the permissions of the role",
            Constants.NotFound => $"the broker at {place} has not been prepared by a " +
                $"coordinator yet ({text})",
            Constants.PreconditionFailed => $"the broker at {place} has a queue or exchange " +
                $"with other properties ({text}): delete it once nobody uses it",
            _ => $"the broker at {place} ended the connection: {text}",
        };
    }

    private static IEnumerable<Exception> Causes(Exception failure) => failure switch
    {
        AggregateException many =>
            many.InnerExceptions.SelectMany(Causes).Prepend(failure),
        { InnerException: { } inner } => Causes(inner).Prepend(failure),
        _ => [failure],
    };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
