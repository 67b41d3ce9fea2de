using System.Runtime.InteropServices;

namespace StockAspire.Market.Seals;

/// <summary>
/// Adds up the ticks and rejected rows of one source, in sequence order, into its next seal. The seal grows: every
/// <see cref="Build"/> gives the sum so far under one key, until <see cref="Start"/> begins the next. Not thread-safe.
/// </summary>
public sealed class SealBuilder
{
    private readonly Dictionary<string, SymbolSeal> _symbols = new(StringComparer.Ordinal);
    private readonly List<SequenceRange> _rejected = [];
    private readonly List<CorrectionSeal> _corrections = [];
    private ulong _first;
    private ulong _next;

    public SealBuilder(string source, ulong epoch, ulong first)
    {
        Source = source;
        Epoch = epoch;
        Start(first);
    }

    public string Source { get; }

    public ulong Epoch { get; }

    /// <summary>The first sequence that is not yet in the seal.</summary>
    public ulong Next => _next;

    /// <summary>Sequences in the seal.</summary>
    public ulong SequenceCount => unchecked(_next - _first);

    public int CorrectionCount => _corrections.Count;

    /// <summary>Begins an empty seal at <paramref name="first"/>.</summary>
    public void Start(ulong first)
    {
        _symbols.Clear();
        _rejected.Clear();
        _corrections.Clear();
        _first = _next = first;
    }

    /// <summary>Adds a tick: the next sequence, or (revision above 0) a correction of any earlier one.</summary>
    /// <exception cref="ArgumentException">A first report whose sequence is not <see cref="Next"/>.</exception>
    public void Add(in Tick tick)
    {
        var hash = CanonicalTick.Hash(tick);
        if (tick.Revision > 0)
        {
            _corrections.Add(new CorrectionSeal(tick.Symbol, tick.Id.Sequence, tick.Revision, tick.EventTimeNs, hash));
            return;
        }

        Advance(tick.Id.Sequence);
        ref var symbol = ref CollectionsMarshal.GetValueRefOrAddDefault(_symbols, tick.Symbol, out var known);
        symbol = known
            ? symbol with
            {
                Count = symbol.Count + 1,
                FirstEventTimeNs = Math.Min(symbol.FirstEventTimeNs, tick.EventTimeNs),
                LastEventTimeNs = Math.Max(symbol.LastEventTimeNs, tick.EventTimeNs),
                HashSum = unchecked(symbol.HashSum + hash),
            }
            : new SymbolSeal(tick.Symbol, 1, tick.EventTimeNs, tick.EventTimeNs, hash);
    }

    /// <summary>Adds a row that used up its sequence without becoming a tick.</summary>
    public void AddRejected(ulong sequence)
    {
        Advance(sequence);
        if (_rejected.Count > 0 && _rejected[^1].Last + 1 == sequence)
        {
            _rejected[^1] = _rejected[^1] with { Last = sequence };
        }
        else
        {
            _rejected.Add(new SequenceRange(sequence, sequence));
        }
    }

    public Seal Build(long sealedAtNs) => new()
    {
        Source = Source,
        Epoch = Epoch,
        First = _first,
        Last = unchecked(_next - 1),
        Rejected = [.. _rejected],
        Symbols = [.. _symbols.Values.OrderBy(symbol => symbol.Symbol, StringComparer.Ordinal)],
        Corrections = [.. _corrections],
        SealedAtNs = sealedAtNs,
    };

    private void Advance(ulong sequence)
    {
        if (sequence != _next)
        {
            throw new ArgumentException($"Source {Source}: expected sequence {_next}, got {sequence}.", nameof(sequence));
        }

        _next = unchecked(sequence + 1);
    }
}
