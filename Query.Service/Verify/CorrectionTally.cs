using StockAspire.Market;
using StockAspire.Market.Seals;

namespace StockAspire.Query.Verify;

/// <summary>Sealed corrections beside those found. Each stands by itself: its sequence is an earlier tick's. Not thread-safe.</summary>
internal sealed class CorrectionTally
{
    private readonly Dictionary<(string Symbol, ulong Sequence, uint Revision), (UInt128 Expected, UInt128? Found)> _sealed = [];
    private readonly Dictionary<(string Symbol, ulong Sequence, uint Revision), UInt128> _unsealed = [];
    private readonly List<(string Symbol, ulong Sequence)> _doubled = [];

    public void Expect(CorrectionSeal correction) =>
        _sealed.TryAdd((correction.Symbol, correction.Sequence, correction.Revision), (correction.Hash, null));

    public void Add(in Tick tick)
    {
        var key = (tick.Symbol, tick.Id.Sequence, tick.Revision);
        var hash = CanonicalTick.Hash(tick);
        if (!_sealed.TryGetValue(key, out var pair))
        {
            _unsealed.TryAdd(key, hash);
        }
        else if (pair.Found is null)
        {
            _sealed[key] = pair with { Found = hash };
        }
        else
        {
            _doubled.Add((tick.Symbol, tick.Id.Sequence));
        }
    }

    /// <returns>Corrections of ticks beyond the last seal: not sealed yet, and no fault.</returns>
    public long Complete(IEnumerable<Seal> newest, ulong lastSealed, Func<string, SymbolFaults> faults)
    {
        foreach (var ((symbol, sequence, _), (expected, found)) in _sealed)
        {
            if (found is null)
            {
                faults(symbol).Missing.Add(sequence);
            }
            else if (found != expected)
            {
                faults(symbol).AddAltered(new SequenceRange(sequence, sequence), expected, found.Value);
            }
        }

        foreach (var (symbol, sequence) in _doubled)
        {
            faults(symbol).Unexpected.Add(sequence);
        }

        var sealedMeanwhile = newest.SelectMany(seal => seal.Corrections)
            .Select(correction => (correction.Symbol, correction.Sequence, correction.Revision, correction.Hash))
            .ToHashSet();
        var beyond = 0L;
        foreach (var (key, hash) in _unsealed)
        {
            if (key.Sequence > lastSealed)
            {
                beyond++;
            }
            else if (!sealedMeanwhile.Contains((key.Symbol, key.Sequence, key.Revision, hash)))
            {
                faults(key.Symbol).Unexpected.Add(key.Sequence);
            }
        }

        return beyond;
    }
}
