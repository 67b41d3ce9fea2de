using System.Runtime.InteropServices;

namespace StockAspire.Market.Seals;

/// <summary>
/// Adds up the ticks and rejected rows of one source, in sequence order, into its next seal. The seal grows: every
/// <see cref="Build"/> gives the sum so far under one key, until <see cref="Start"/> begins the next. Not thread-safe.
/// </summary>
public sealed class SealBuilder
{
    private const int FixedSizeBound = 64;

    // Tag and size of the nested message, its fields: varints of 10 bytes, a symbol of at most 64, a hash of 16.
    private const int SymbolSizeBound = 3 + 66 + (3 * 11) + 18;
    private const int CorrectionSizeBound = 3 + 66 + 11 + 6 + 11 + 18;
    private const int RangeSizeBound = 2 + (2 * 11);

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

    /// <summary>Goes on with a seal that was written before, so that it keeps growing under its key.</summary>
    public SealBuilder(Seal written)
    {
        Source = written.Source;
        Epoch = written.Epoch;
        _first = written.First;
        _next = unchecked(written.Last + 1);
        _rejected.AddRange(written.Rejected);
        _corrections.AddRange(written.Corrections);
        foreach (var symbol in written.Symbols)
        {
            _symbols.Add(symbol.Symbol, symbol);
        }
    }

    public string Source { get; }

    public ulong Epoch { get; }

    /// <summary>The first sequence that is not yet in the seal.</summary>
    public ulong Next => _next;

    /// <summary>Sequences in the seal.</summary>
    public ulong SequenceCount => unchecked(_next - _first);

    /// <summary>True where <see cref="Build"/> would promise nothing.</summary>
    public bool IsEmpty => SequenceCount == 0 && _corrections.Count == 0;

    /// <summary>Bytes of the encoded seal, at most, but for its source.</summary>
    public int SizeBound =>
        FixedSizeBound + (_symbols.Count * SymbolSizeBound) + (_corrections.Count * CorrectionSizeBound) + (_rejected.Count * RangeSizeBound);

    /// <summary>Begins an empty seal at <paramref name="first"/>.</summary>
    public void Start(ulong first)
    {
        _symbols.Clear();
        _rejected.Clear();
        _corrections.Clear();
        _first = _next = first;
    }

    /// <summary>Moves an empty range of sequences; corrections stay.</summary>
    /// <exception cref="InvalidOperationException">Sequences have been added.</exception>
    public void BeginAt(ulong first)
    {
        if (SequenceCount > 0)
        {
            throw new InvalidOperationException($"Source {Source}: expected an empty seal, got one from {_first} to {_next - 1}.");
        }

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

        Advance(tick.Id.Sequence, tick.Id.Sequence);
        Add(new SymbolSeal(tick.Symbol, 1, tick.EventTimeNs, tick.EventTimeNs, hash));
    }

    /// <summary>Adds what another builder has summed up of the sequences that come next.</summary>
    /// <exception cref="ArgumentException">The other does not begin at <see cref="Next"/>.</exception>
    public void Add(SealBuilder following)
    {
        if (following.SequenceCount > 0)
        {
            Advance(following._first, unchecked(following._next - 1));
        }

        foreach (var symbol in following._symbols.Values)
        {
            Add(symbol);
        }

        foreach (var range in following._rejected)
        {
            Add(range);
        }

        _corrections.AddRange(following._corrections);
    }

    /// <summary>Adds a row that used up its sequence without becoming a tick.</summary>
    public void AddRejected(ulong sequence) => AddRejected(new SequenceRange(sequence, sequence));

    /// <summary>Adds sequences that were used up without becoming ticks.</summary>
    public void AddRejected(SequenceRange range)
    {
        Advance(range.First, range.Last);
        Add(range);
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

    private void Add(in SymbolSeal more)
    {
        ref var symbol = ref CollectionsMarshal.GetValueRefOrAddDefault(_symbols, more.Symbol, out var known);
        symbol = known
            ? symbol with
            {
                Count = symbol.Count + more.Count,
                FirstEventTimeNs = Math.Min(symbol.FirstEventTimeNs, more.FirstEventTimeNs),
                LastEventTimeNs = Math.Max(symbol.LastEventTimeNs, more.LastEventTimeNs),
                HashSum = unchecked(symbol.HashSum + more.HashSum),
            }
            : more;
    }

    private void Add(SequenceRange range)
    {
        if (_rejected.Count > 0 && unchecked(_rejected[^1].Last + 1) == range.First)
        {
            _rejected[^1] = _rejected[^1] with { Last = range.Last };
        }
        else
        {
            _rejected.Add(range);
        }
    }

    private void Advance(ulong first, ulong last)
    {
        if (first != _next)
        {
            throw new ArgumentException($"Source {Source}: expected sequence {_next}, got {first}.", nameof(first));
        }

        _next = unchecked(last + 1);
    }
}
