using Xunit;

namespace Mneme.Tests.Coordinator.Api;

/// <summary>One server for tests that leave it as it is.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    internal RunningApi Api { get; private set; } = null!;

    public async Task InitializeAsync() => Api = await RunningApi.Start();

    public async Task DisposeAsync() => await Api.DisposeAsync();
}
