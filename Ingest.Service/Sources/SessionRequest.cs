using StockAspire.Ingest.Publishing;

namespace StockAspire.Ingest.Sources;

/// <summary>Who wants to send ticks of a source.</summary>
internal sealed record SessionRequest
{
    public required string Source { get; init; }

    /// <summary>Which life of the sender this is; a higher one fences lower ones. Null goes on in the newest known.</summary>
    public ulong? Epoch { get; init; }

    /// <summary>The first sequence that will be sent; where the source is known, at most the one after its last.</summary>
    public required ulong First { get; init; }

    /// <summary>Send and seal everything again from <see cref="First"/> on, though it is sealed already.</summary>
    public bool Again { get; init; }

    /// <summary>Told on the session's own loop, which waits for it.</summary>
    public required Action<Acknowledgement> Acknowledged { get; init; }
}
