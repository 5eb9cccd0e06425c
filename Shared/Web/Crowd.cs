namespace Mneme.Web;

/// <summary>So many at once, and no more.</summary>
internal sealed class Crowd(int most)
{
    private int inside;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref inside) <= most) return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref inside);
}
