namespace StockAspire.Cli;

/// <summary>Whoever read stdout has closed it (<c>| head</c>). No failure: the verb ends quietly with exit code 0.</summary>
internal sealed class ClosedOutputException(IOException inner) : Exception(inner.Message, inner)
{
    /// <summary>EPIPE as Linux and macOS number it: there an IOException's HResult is the errno.</summary>
    private const int BrokenPipeErrno = 32;

    private const int WindowsBrokenPipe = unchecked((int)0x8007006D);
    private const int WindowsNoData = unchecked((int)0x800700E8);

    public static bool IsClosed(IOException error) => error.HResult is BrokenPipeErrno or WindowsBrokenPipe or WindowsNoData;
}
