namespace Mneme.Tests.Servers;

/// <summary>A virtual host of a private broker, with the cluster's three users.</summary>
internal sealed record BrokerSpace(LocalServers Servers, string Name)
{
    public string Coordinator => Url("MNEME_BROKER_COORDINATOR");
    public string Worker => Url("MNEME_BROKER_WORKER");
    public string Lighthouse => Url("MNEME_BROKER_LIGHTHOUSE");

    private string Url(string address) =>
        new UriBuilder(Servers.Address(address)) { Path = Name }.Uri.ToString();
}
