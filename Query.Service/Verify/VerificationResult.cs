using StockAspire.Query.Sources;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Verify;

/// <param name="Faults">By symbol, ordinal order; each has at least one.</param>
/// <param name="Tallies">Of each symbol, one for each seal.</param>
/// <param name="Sealed">Sequences that were promised; overlapping seals count once.</param>
/// <param name="Stored">Of those, found.</param>
/// <param name="Unsealed">Rows outside all seals.</param>
/// <param name="Rejected">Sequences that rejected rows used up.</param>
internal sealed record VerificationResult(
    IReadOnlyList<SymbolFaults> Faults, ILookup<string, SymbolTally> Tallies, long Sealed, long Stored, long Unsealed, long Rejected)
{
    /// <param name="symbols">Empty for all; faults that cannot be told to a symbol are always given.</param>
    public IEnumerable<Wire.VerifyFinding> Findings(IReadOnlyCollection<string> symbols) =>
        Of(symbols).Select(faults => faults.ToMessage(
            Tallies[faults.Symbol].Sum(tally => tally.Expected.Count), Tallies[faults.Symbol].Sum(tally => tally.Count)));

    /// <inheritdoc cref="Findings"/>
    public Wire.VerifySummary Summary(string source, IReadOnlyCollection<string> symbols)
    {
        var faults = Of(symbols).ToList();
        return new Wire.VerifySummary
        {
            Source = source,
            Ok = faults.Count == 0,
            Sealed = symbols.Count == 0 ? Sealed : symbols.Sum(symbol => Tallies[symbol].Sum(tally => tally.Expected.Count)),
            Stored = symbols.Count == 0 ? Stored : symbols.Sum(symbol => Tallies[symbol].Sum(tally => tally.Count - tally.Doubled)),
            Missing = Total(faults.Select(fault => fault.Missing)),
            Unexpected = Total(faults.Select(fault => fault.Unexpected)),
            Altered = faults.Sum(fault => fault.Altered.Count),
            Unsealed = Unsealed,
            Rejected = Rejected,
            Symbols = symbols.Count == 0 ? Tallies.Count : symbols.Count,
        };
    }

    private static long Total(IEnumerable<SequenceSet> sets) => sets.Sum(set => (long)set.Count);

    private IEnumerable<SymbolFaults> Of(IReadOnlyCollection<string> symbols) =>
        Faults.Where(faults => symbols.Count == 0 || faults.Symbol.Length == 0 || symbols.Contains(faults.Symbol));
}
