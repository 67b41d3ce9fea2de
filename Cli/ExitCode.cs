namespace StockAspire.Cli;

/// <summary>What the process ends with; scripts rely on these numbers.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int Unreachable = 3;

    /// <summary><c>verify</c> found a loss, a double or an altered tick.</summary>
    public const int NotVerified = 4;

    /// <summary>An ingest went through, but some rows can never be stored.</summary>
    public const int Rejects = 5;

    public const int NotAllowed = 6;

    /// <summary>Ended by Ctrl+C, as shells count it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
