namespace Mneme.Benchmarks.Cluster;

internal static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task Until(Func<Task<bool>> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
                throw new TimeoutException("the cluster does not get there");
            await For(Pause);
        }
    }

    public static Task For(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
