using System.Globalization;
using StockAspire.Market.Seals;
using StockAspire.Query.Sources;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Verify;

/// <summary>What is wrong with one symbol; with an empty one, what cannot be told to a symbol.</summary>
internal sealed class SymbolFaults(string symbol)
{
    private UInt128 _expectedHash;
    private UInt128 _actualHash;

    public string Symbol => symbol;

    /// <summary>Sealed and not stored.</summary>
    public SequenceSet Missing { get; } = new();

    /// <summary>Stored and not sealed so.</summary>
    public SequenceSet Unexpected { get; } = new();

    /// <summary>Sequences within which content differs: those of the seals whose sums disagree.</summary>
    public List<SequenceRange> Altered { get; } = [];

    public bool Any => !Missing.IsEmpty || !Unexpected.IsEmpty || Altered.Count > 0;

    public void AddAltered(SequenceRange range, UInt128 expectedHash, UInt128 actualHash)
    {
        Altered.Add(range);
        _expectedHash = unchecked(_expectedHash + expectedHash);
        _actualHash = unchecked(_actualHash + actualHash);
    }

    /// <param name="expectedCount">Rows that the symbol's seals promise.</param>
    /// <param name="actualCount">Rows found of them.</param>
    public Wire.VerifyFinding ToMessage(long expectedCount, long actualCount)
    {
        var finding = new Wire.VerifyFinding
        {
            Symbol = symbol,
            HashMismatch = Altered.Count > 0,
            ExpectedCount = expectedCount,
            ActualCount = actualCount,
            Message = Describe(),
        };
        finding.Missing.AddRange(Missing.Ranges.Select(ToWire));
        finding.Unexpected.AddRange(Unexpected.Ranges.Select(ToWire));
        finding.Altered.AddRange(Altered.Select(ToWire));
        if (Altered.Count > 0)
        {
            finding.ExpectedHash = _expectedHash.ToString("x32", CultureInfo.InvariantCulture);
            finding.ActualHash = _actualHash.ToString("x32", CultureInfo.InvariantCulture);
        }

        return finding;
    }

    private static Wire.SequenceRange ToWire(SequenceRange range) => new() { First = range.First, Last = range.Last };

    private string Describe()
    {
        var parts = new List<string>();
        if (!Missing.IsEmpty)
        {
            parts.Add($"{Missing.Count} sealed and not stored");
        }

        if (!Unexpected.IsEmpty)
        {
            parts.Add($"{Unexpected.Count} stored that were not sealed so (rejected, doubled, or another symbol's)");
        }

        if (Altered.Count > 0)
        {
            parts.Add($"content differs from what was sealed within {string.Join(", ", Altered)}");
        }

        return (symbol.Length == 0 ? "Of a symbol that the seals do not tell: " : string.Empty) + string.Join("; ", parts);
    }
}
