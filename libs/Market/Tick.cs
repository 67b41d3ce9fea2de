namespace StockAspire.Market;

/// <summary>What a row says about the tick that its identity names.</summary>
public enum TickAction : byte
{
    /// <summary>The trade happened.</summary>
    New = 0,

    /// <summary>Replaces every lower revision.</summary>
    Correct = 1,

    /// <summary>The trade is void: readers leave the tick out.</summary>
    Cancel = 2,
}

/// <summary>One trade as it was reported, immutable. Its canonical order is event time, source, sequence, revision.</summary>
/// <remarks>
/// Empty is kept as null, so that a tick that was given an empty value equals one that was given none. Strings are
/// shared by many ticks (a block's dictionaries), so copying one allocates nothing.
/// </remarks>
public readonly record struct Tick
{
    public required TickId Id { get; init; }

    /// <summary>Instrument, see <see cref="TickLimits"/>.</summary>
    public required string Symbol { get; init; }

    /// <summary>When the trade happened: ns since the Unix epoch, UTC.</summary>
    public required long EventTimeNs { get; init; }

    /// <summary>When Ingest first saw it: ns since the Unix epoch, UTC; 0 before that. Not part of the canonical bytes.</summary>
    public long IngestTimeNs { get; init; }

    public required Price Price { get; init; }

    public required Size Size { get; init; }

    // Nothing is kept as null, however it is given, so that ticks are equal by value.

    /// <summary>Exchange or trading venue; empty where unknown.</summary>
    public string Venue { get => field ?? string.Empty; init => field = value.Length == 0 ? null : value; }

    /// <summary>Sale conditions as the venue gave them, in its order.</summary>
    public ConditionSet Conditions { get => field ?? ConditionSet.Empty; init => field = value.Count == 0 ? null : value; }

    public AttributeMap Attributes { get => field ?? AttributeMap.Empty; init => field = value.Count == 0 ? null : value; }

    /// <summary>0 as first reported; a correction of the same identity has a higher one.</summary>
    public uint Revision { get; init; }

    public TickAction Action { get; init; }

    public TickKey Key => new(EventTimeNs, Id.Source, Id.Sequence, Revision);
}
