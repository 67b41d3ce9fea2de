namespace StockAspire.Ingest.Sources;

/// <summary>A later life of the source has taken over.</summary>
internal sealed class SourceFencedException(string source, ulong epoch, ulong newer)
    : Exception($"Source {source}: a stream of epoch {newer} has taken over from this one of epoch {epoch}.")
{
    public ulong Epoch => epoch;

    public ulong Newer => newer;
}

/// <summary>A sequence was skipped; nothing from it on was taken.</summary>
internal sealed class SequenceGapException(string source, ulong expected, ulong actual)
    : Exception($"Source {source}: expected sequence {expected} next, got {actual}.")
{
    public ulong Expected => expected;

    public ulong Actual => actual;
}

/// <summary>The service is stopping; what was taken in before is still acknowledged.</summary>
internal sealed class IngestStoppingException() : Exception("The service is stopping. Send what is not acknowledged again.");
