namespace Mneme.Random;

/// <summary>The words of one (seed, stream, step); the block last drawn is kept.</summary>
internal struct WordSource
{
    private readonly RandomStream _stream;
    private readonly long _step;
    private long _block = -1;
    private Words _words;

    public WordSource(RandomStream stream, long step, long first, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            first, RandomStream.MaximumElements - length);
        _stream = stream;
        _step = step;
    }

    /// <summary>The element's word of the first attempt, four to a block.</summary>
    public uint this[long element]
    {
        get
        {
            var block = element >> 2;
            if (block != _block) (_block, _words) = (block, Draw((uint)block, attempt: 0));
            return _words[(int)(element & 3)];
        }
    }

    /// <summary>The element's 64-bit word, two to a block; attempts are independent.</summary>
    public readonly ulong Pair(long element, uint attempt)
    {
        var words = Draw((uint)(element >> 1), attempt);
        return (element & 1) == 0
            ? (ulong)words.B << 32 | words.A
            : (ulong)words.D << 32 | words.C;
    }

    private readonly Words Draw(uint block, uint attempt) => Philox.Draw(
        new Words((uint)_step, (uint)(_step >> 32), block, attempt), _stream.Seed, _stream.Id);
}
