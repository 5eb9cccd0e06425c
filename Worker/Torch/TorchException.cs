namespace Mneme.Worker.Torch;

/// <summary>libtorch refused; the text names the operator and the shapes it was given.</summary>
public sealed class TorchException : Exception
{
    public TorchException() { }

    public TorchException(string message) : base(message) { }

    public TorchException(string message, Exception inner) : base(message, inner) { }
}
