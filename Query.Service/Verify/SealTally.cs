using StockAspire.Market.Seals;
using StockAspire.Query.Sources;

namespace StockAspire.Query.Verify;

/// <summary>One seal and what was found of it.</summary>
internal sealed class SealTally
{
    private readonly SequenceSet _rejected = new();

    public SealTally(Seal seal)
    {
        Range = new SequenceRange(seal.First, seal.Last);
        _rejected.AddAll(seal.Rejected);
        Symbols = seal.Symbols.ToDictionary(symbol => symbol.Symbol, symbol => new SymbolTally(symbol), StringComparer.Ordinal);
    }

    public SequenceRange Range { get; }

    public IReadOnlyDictionary<string, SymbolTally> Symbols { get; }

    public bool Promises(ulong sequence) => sequence >= Range.First && sequence <= Range.Last && !_rejected.Contains(sequence);

    /// <summary>The part of the set that this seal promised.</summary>
    public SequenceSet PartOf(SequenceSet sequences)
    {
        var part = new SequenceSet();
        part.AddAll(sequences.Within(Range));
        foreach (var range in _rejected.Ranges)
        {
            part.Remove(range);
        }

        return part;
    }
}
