namespace Mneme.Tests.Chaos;

/// <summary>Waiting for what another process does.</summary>
internal static class Patience
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static async Task Until(string what, Func<Task<bool>> condition, TimeSpan? atMost = null)
    {
        if (!await Happens(condition, atMost ?? Longest))
            throw new TimeoutException($"waited in vain until {what}");
    }

    public static Task Until(string what, Func<bool> condition, TimeSpan? atMost = null) =>
        Until(what, () => Task.FromResult(condition()), atMost);

    public static async Task<bool> Happens(Func<Task<bool>> condition, TimeSpan atMost)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > atMost) return false;
            await Task.Delay(Look, TimeProvider.System);
        }
        return true;
    }
}
