namespace Mneme.Actors;

/// <summary>A message on its way, when it came, and what hangs on its arrival.</summary>
internal readonly record struct Envelope<M>(
    M Message, long At, IToken? Token = null, ISink? Sink = null);

/// <summary>Ties a message that the actor sends to itself to the life that ordered it.</summary>
internal interface IToken
{
    /// <summary>The message leaves the box; false when nobody waits for it any more.</summary>
    bool Arrive();

    /// <summary>
    /// The message is lost: to a newer one, on its sender's thread, or to a stop.
    /// </summary>
    void Drop(string why);
}
