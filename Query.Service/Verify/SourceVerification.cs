using StockAspire.Market;
using StockAspire.Market.Seals;
using StockAspire.Query.Sources;

namespace StockAspire.Query.Verify;

/// <summary>
/// Compares what a source sealed with the rows that a store holds: fed with all of the source's rows, in any order, it
/// says exactly which sequences are missing or should not be there, and within which seals content differs. Seals that
/// overlap, as a resend makes them, are each held to their own promise. Pure; not thread-safe.
/// </summary>
internal sealed class SourceVerification
{
    private readonly string _source;
    private readonly SealTally[] _seals;
    private readonly ulong[] _highestLast;
    private readonly SealedSequences _sealed;
    private readonly SequenceBitmap _stored = new();
    private readonly SequenceSet _doubled = new();
    private readonly CorrectionTally _corrections = new();
    private readonly SortedDictionary<string, SymbolFaults> _faults = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (long FirstNs, long LastNs)> _ranges = new(StringComparer.Ordinal);
    private long _storedCount;
    private long _unsealed;

    /// <param name="source">The source.</param>
    /// <param name="seals">All of its seals; announcements of an epoch promise nothing.</param>
    public SourceVerification(string source, IReadOnlyList<Seal> seals)
    {
        _source = source;
        var promising = seals.Where(seal => !seal.IsOpening).OrderBy(seal => seal.First).ToList();
        _seals = [.. promising.Select(seal => new SealTally(seal))];
        _highestLast = new ulong[_seals.Length];
        for (var i = 0; i < _seals.Length; i++)
        {
            _highestLast[i] = Math.Max(_seals[i].Range.Last, i == 0 ? 0 : _highestLast[i - 1]);
        }

        _sealed = SealedSequences.Of(promising);
        foreach (var symbol in promising.SelectMany(seal => seal.Symbols))
        {
            Extend(symbol.Symbol, symbol.FirstEventTimeNs, symbol.LastEventTimeNs);
        }

        foreach (var correction in seals.SelectMany(seal => seal.Corrections))
        {
            _corrections.Expect(correction);
            Extend(correction.Symbol, correction.EventTimeNs, correction.EventTimeNs);
        }
    }

    /// <summary>Each sealed symbol, ordinal order, and the event times (ns since the Unix epoch, inclusive) of its sealed rows.</summary>
    public IReadOnlyDictionary<string, (long FirstNs, long LastNs)> Symbols => _ranges;

    /// <summary>Takes a stored row, whatever its source; each row once.</summary>
    public void Add(in Tick tick)
    {
        if (tick.Id.Source != _source)
        {
            return;
        }

        var sequence = tick.Id.Sequence;
        if (tick.Revision > 0)
        {
            _corrections.Add(tick);
        }
        else if (_sealed.Accepted.Contains(sequence))
        {
            AddSealed(tick);
        }
        else if (_sealed.Rejected.Contains(sequence))
        {
            Faults(tick.Symbol).Unexpected.Add(sequence);
        }
        else
        {
            _unsealed++;
        }
    }

    /// <summary>Draws the conclusion; once, after all rows.</summary>
    /// <param name="newest">The source's seals as they are now: a correction that was sealed meanwhile is no fault.</param>
    public VerificationResult Complete(IEnumerable<Seal> newest)
    {
        var missing = new SequenceSet();
        foreach (var range in _sealed.Accepted.Ranges)
        {
            missing.AddAll(_stored.MissingFrom(range));
        }

        foreach (var seal in _seals)
        {
            Compare(seal, missing);
        }

        _unsealed += _corrections.Complete(newest, _highestLast.Length == 0 ? 0 : _highestLast[^1], Faults);
        return new VerificationResult(
            [.. _faults.Values.Where(faults => faults.Any)],
            _seals.SelectMany(seal => seal.Symbols.Values).ToLookup(tally => tally.Expected.Symbol, StringComparer.Ordinal),
            (long)_sealed.Accepted.Count,
            _storedCount,
            _unsealed,
            (long)_sealed.Rejected.Count);
    }

    private void AddSealed(in Tick tick)
    {
        var sequence = tick.Id.Sequence;
        var hash = CanonicalTick.Hash(tick);
        bool? isDouble = null;
        for (var i = LastStartingAtOrBefore(sequence); i >= 0 && _highestLast[i] >= sequence; i--)
        {
            if (_seals[i].Promises(sequence) && _seals[i].Symbols.TryGetValue(tick.Symbol, out var tally))
            {
                isDouble ??= !_stored.TryAdd(sequence);
                tally.Add(hash, isDouble.Value);
            }
        }

        switch (isDouble)
        {
            case null:
                // Sealed, but no seal of this sequence knows the symbol.
                Faults(tick.Symbol).Unexpected.Add(sequence);
                break;
            case true:
                _doubled.Add(sequence);
                break;
            case false:
                _storedCount++;
                break;
        }
    }

    private int LastStartingAtOrBefore(ulong sequence)
    {
        int low = 0, high = _seals.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_seals[middle].Range.First <= sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    private void Compare(SealTally seal, SequenceSet allMissing)
    {
        var missing = seal.PartOf(allMissing);
        var doubled = seal.PartOf(_doubled);
        Faults(OnlySymbol(seal, tally => tally.Surplus < 0)).Missing.AddAll(missing.Ranges);
        Faults(OnlySymbol(seal, tally => tally.Surplus > 0 || tally.Doubled > 0)).Unexpected.AddAll(doubled.Ranges);
        foreach (var (symbol, tally) in seal.Symbols)
        {
            // Fewer rows than promised without a sequence missing: they are there under another symbol.
            if (!tally.IsContentSound || (tally.Surplus < 0 && missing.IsEmpty))
            {
                Faults(symbol).AddAltered(seal.Range, tally.Expected.HashSum, tally.HashSum);
            }
        }
    }

    /// <summary>The seal's one symbol that it can be; empty where there are several, or none.</summary>
    private static string OnlySymbol(SealTally seal, Func<SymbolTally, bool> canBe)
    {
        var candidates = (seal.Symbols.Count == 1 ? seal.Symbols : seal.Symbols.Where(symbol => canBe(symbol.Value))).Take(2).ToList();
        return candidates.Count == 1 ? candidates[0].Key : string.Empty;
    }

    private SymbolFaults Faults(string symbol)
    {
        if (!_faults.TryGetValue(symbol, out var faults))
        {
            _faults.Add(symbol, faults = new SymbolFaults(symbol));
        }

        return faults;
    }

    private void Extend(string symbol, long firstNs, long lastNs) =>
        _ranges[symbol] = _ranges.TryGetValue(symbol, out var range)
            ? (Math.Min(range.FirstNs, firstNs), Math.Max(range.LastNs, lastNs))
            : (firstNs, lastNs);
}
