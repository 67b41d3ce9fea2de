using StockAspire.Market.Seals;

namespace StockAspire.Ingest.Publishing;

/// <summary>How a session begins and what bounds it.</summary>
internal sealed record SessionSettings
{
    public required string Source { get; init; }

    public required ulong Epoch { get; init; }

    /// <summary>The first sequence that is not sealed yet.</summary>
    public required ulong Next { get; init; }

    /// <summary>Whether sequences of the source are sealed already.</summary>
    public bool IsKnown { get; init; }

    /// <summary>The source's newest seal, to go on with under its key; null to begin another.</summary>
    public Seal? Unfinished { get; init; }

    /// <summary>
    /// Where true, seals begin after multiples of <see cref="SealSpan"/> and nowhere else, so that a file that is loaded
    /// again writes the same seals. The caller's chunks must not cross those boundaries.
    /// </summary>
    public bool IsAligned { get; init; }

    /// <summary>Rows that are sealed already and come again: until past them, no seal is replaced by one that says less.</summary>
    public ulong SealedThrough { get; init; }

    public required int InFlightMax { get; init; }

    /// <summary>Time between two seals of the source while more is on its way.</summary>
    public required TimeSpan AckInterval { get; init; }

    /// <summary>Rows that are sealed without waiting for <see cref="AckInterval"/>, and sequences that fill a seal.</summary>
    public required int AckTicks { get; init; }

    /// <summary>Sequences of an aligned seal.</summary>
    public const int SealSpan = 4096;

    /// <summary>Whether an aligned seal ends before this sequence; the first row of a file is sequence 1.</summary>
    public static bool IsBoundary(ulong sequence) => (sequence - 1) % SealSpan == 0;
}
