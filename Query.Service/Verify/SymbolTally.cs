using StockAspire.Market.Seals;

namespace StockAspire.Query.Verify;

/// <summary>What was found of one symbol within one seal, beside what the seal promises. Not thread-safe.</summary>
internal sealed class SymbolTally(SymbolSeal expected)
{
    public SymbolSeal Expected => expected;

    public long Count { get; private set; }

    /// <summary>Of those, rows whose sequence was seen before.</summary>
    public long Doubled { get; private set; }

    public UInt128 HashSum { get; private set; }

    /// <summary>Rows found minus rows promised.</summary>
    public long Surplus => Count - expected.Count;

    /// <summary>
    /// False where the rows cannot be those that were promised. Where rows are missing or doubled nothing can be told of
    /// the others: the sum is one for all.
    /// </summary>
    public bool IsContentSound => Doubled > 0 || Surplus < 0 || (Surplus == 0 && HashSum == expected.HashSum);

    /// <param name="hash">Of the tick's canonical bytes.</param>
    /// <param name="isDouble">Whether its sequence was seen before.</param>
    public void Add(UInt128 hash, bool isDouble)
    {
        Count++;
        HashSum = unchecked(HashSum + hash);
        if (isDouble)
        {
            Doubled++;
        }
    }
}
