namespace Mneme.Web;

/// <summary>The address, the certificate or the key is not what the settings say.</summary>
public sealed class CannotListen(string message, Exception? inner = null)
    : Exception(message, inner);
