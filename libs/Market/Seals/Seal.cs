namespace StockAspire.Market.Seals;

/// <summary>A closed range of sequences of one source.</summary>
public readonly record struct SequenceRange(ulong First, ulong Last)
{
    public ulong Count => Last - First + 1;

    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}

/// <summary>What a seal promises of one symbol: its first reports (revision 0) within the seal's sequences.</summary>
/// <param name="Count">Rows.</param>
/// <param name="FirstEventTimeNs">Earliest event time, ns since the Unix epoch.</param>
/// <param name="LastEventTimeNs">Latest event time, likewise.</param>
/// <param name="HashSum">Sum mod 2^128 of <see cref="CanonicalTick.Hash"/>: independent of order, falsified by a double.</param>
public readonly record struct SymbolSeal(string Symbol, long Count, long FirstEventTimeNs, long LastEventTimeNs, UInt128 HashSum);

/// <summary>A correction (revision above 0) that was sealed: its sequence names an earlier tick, so it stands by itself.</summary>
public readonly record struct CorrectionSeal(string Symbol, ulong Sequence, uint Revision, long EventTimeNs, UInt128 Hash);

/// <summary>
/// A promise about a source, written to compacted topic <c>ticks.seals</c> after Kafka took its ticks and before their
/// client was told so: exactly sequences <see cref="First"/> to <see cref="Last"/> but the rejected ones are in
/// <c>ticks</c>. A live source's newest seal grows under the same key until it is full; see <see cref="SealBuilder"/>.
/// </summary>
public sealed record Seal
{
    public required string Source { get; init; }

    /// <summary>Which life of the client wrote it; a higher one fences lower ones.</summary>
    public ulong Epoch { get; init; }

    public required ulong First { get; init; }

    /// <summary>Inclusive; <c>First - 1</c> (mod 2^64) where the seal only says that a stream was opened.</summary>
    public required ulong Last { get; init; }

    /// <summary>Sequences used up by rows that were rejected, ascending, apart from each other.</summary>
    public IReadOnlyList<SequenceRange> Rejected { get; init; } = [];

    public IReadOnlyList<SymbolSeal> Symbols { get; init; } = [];

    public IReadOnlyList<CorrectionSeal> Corrections { get; init; } = [];

    /// <summary>When it was written, ns since the Unix epoch.</summary>
    public long SealedAtNs { get; init; }

    /// <summary>True where nothing is sealed: the record only announces the source's epoch.</summary>
    public bool IsOpening => SequenceCount == 0 && Corrections.Count == 0;

    /// <summary>Sequences used: ticks and rejected rows.</summary>
    public ulong SequenceCount => unchecked(Last - First + 1);

    /// <summary>
    /// The record's key in the compacted topic: the newest with the same key counts. Corrections that are sealed without
    /// any sequence have a key of their own.
    /// </summary>
    public string Key => (SequenceCount, Corrections.Count) switch
    {
        (0, 0) => $"{Source}\nopen",
        (0, _) => $"{Source}\n{Epoch}\n{First}\n{Corrections[0].Sequence}.{Corrections[0].Revision}",
        _ => $"{Source}\n{Epoch}\n{First}",
    };
}
