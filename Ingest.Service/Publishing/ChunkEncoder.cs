using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.Market.Seals;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Publishing;

/// <summary>
/// Takes the rows of one source in the order of their sequences and makes chunks of them: checks each tick's fields, stamps
/// its ingest time, groups by symbol (a symbol's ticks keep their order) and encodes. Reused from chunk to chunk; allocates
/// nothing per tick. Not thread-safe.
/// </summary>
internal sealed class ChunkEncoder(string source, ulong epoch, int partitions, long maxFutureSkewNs, TimeProvider time)
{
    public const string TraceParent = "traceparent";

    private const int None = -1;

    /// <summary>A third of a block's bytes: a character takes at most three.</summary>
    private const int AttributesLengthMax = 64 * 1024;

    private readonly TickBlockWriter _writer = new();
    private readonly Dictionary<string, int> _groups = new(StringComparer.Ordinal);
    private readonly List<Group> _order = [];

    /// <summary>Partitions in which this chunk's trace stands on a record already.</summary>
    private readonly bool[] _traced = new bool[partitions];

    /// <summary>
    /// Partitions whose last named trace is one that nobody records. Without that mark a reader would take the trace of an
    /// earlier chunk for this one's; chunks that follow without a trace need no other.
    /// </summary>
    private readonly bool[] _untraced = new bool[partitions];

    private Tick[] _ticks = [];
    private int[] _following = [];
    private int _count;
    private string? _lastSymbol;
    private int _lastGroup;
    private Chunk? _chunk;
    private long _nowNs;

    /// <summary>Rows since the last <see cref="Build"/>; at most <see cref="RowsMax"/>.</summary>
    public int Count => _chunk?.RowCount ?? 0;

    public static int RowsMax => TickBlock.RowsMax;

    public bool IsFull => Count == RowsMax;

    /// <summary>Adds the next tick. One whose fields break a limit becomes a dead letter and uses up its sequence.</summary>
    /// <param name="tick">Its source and ingest time are set here.</param>
    /// <param name="line">1-based line of its file, for a dead letter; 0 where there is none.</param>
    /// <param name="path">Its file, likewise.</param>
    public void Add(in Tick tick, long line = 0, string path = "")
    {
        var chunk = Open(tick.Revision > 0 ? null : tick.Id.Sequence);
        var stamped = tick with { Id = new TickId(source, tick.Id.Sequence), IngestTimeNs = _nowNs };
        var fault = TickLimits.Check(stamped, _nowNs + maxFutureSkewNs) ??
            (stamped.Attributes.Count == 0 ? null : CheckAttributesTogether(stamped));
        if (fault is not null)
        {
            var letter = new DeadLetter(source, tick.Id.Sequence, fault, EncodeAlone(stamped)) { Line = line, Path = path };
            if (stamped.Revision > 0)
            {
                // A correction uses up no sequence: it only names one.
                chunk.AddLetter(letter);
                chunk.RowCount++;
            }
            else
            {
                AddRefused(letter);
            }

            return;
        }

        Append(chunk, stamped);
    }

    /// <summary>Adds the next tick, which <see cref="TickLimits.Check"/> has passed already.</summary>
    public void AddChecked(in Tick tick)
    {
        if (tick.Attributes.Count > 0)
        {
            // Together they may still be too many.
            Add(tick);
            return;
        }

        var chunk = Open(tick.Revision > 0 ? null : tick.Id.Sequence);
        Append(chunk, tick with { Id = new TickId(source, tick.Id.Sequence), IngestTimeNs = _nowNs });
    }

    /// <summary>Adds the next sequence as one whose row could not be read.</summary>
    public void AddRefused(DeadLetter letter)
    {
        var chunk = Open(letter.Sequence);
        chunk.Sum.AddRejected(letter.Sequence);
        chunk.AddLetter(letter);
        chunk.RowCount++;
    }

    /// <summary>Adds sequences behind which there never was a row: they count as rejected, without a letter.</summary>
    public void AddSkipped(SequenceRange range)
    {
        var chunk = Open(range.First);
        chunk.Sum.AddRejected(range);
        chunk.RowCount++;
    }

    /// <summary>Encodes what was added since the last call; null where nothing was.</summary>
    /// <param name="parent">What caused the chunk: a request's or a load's span.</param>
    public Chunk? Build(ActivityContext parent)
    {
        if (_chunk is not { } chunk)
        {
            return null;
        }

        chunk.Span = IngestTelemetry.StartSend(parent, _count);
        var traceParent = chunk.Span is { Recorded: true } span ? span.Id : null;
        if (traceParent is not null)
        {
            chunk.TraceLetters(traceParent);
        }

        Array.Clear(_traced);
        foreach (var group in _order)
        {
            Encode(group, chunk, traceParent);
        }

        _ticks.AsSpan(0, _count).Clear();
        _groups.Clear();
        _order.Clear();
        _lastSymbol = null;
        _count = 0;
        _chunk = null;
        return chunk;
    }

    private static byte[] EncodeAlone(in Tick tick)
    {
        var writer = new TickBlockWriter();
        try
        {
            writer.TryAdd(tick);
        }
        catch (ArgumentException)
        {
            // Larger than a block may be: the letter carries what identifies it, and the fault names the rest.
            writer.TryAdd(tick with
            {
                Symbol = Cut(tick.Symbol, TickLimits.SymbolSizeMax),
                Venue = Cut(tick.Venue, TickLimits.VenueSizeMax),
                Conditions = ConditionSet.Empty,
                Attributes = AttributeMap.Empty,
            });
        }

        return writer.ToArray();
    }

    private static string Cut(string text, int lengthMax) => text.Length <= lengthMax ? text : text[..lengthMax];

    /// <summary>Single attributes have their limits in <see cref="TickLimits"/>; together they must leave room in a block.</summary>
    private static TickFault? CheckAttributesTogether(in Tick tick)
    {
        var length = 0;
        foreach (var (name, value) in tick.Attributes.AsSpan())
        {
            length += name.Length + value.Text.Length;
        }

        return length <= AttributesLengthMax
            ? null
            : new TickFault("attributes", $"at most {AttributesLengthMax} characters together", length.ToString(CultureInfo.InvariantCulture));
    }

    private Chunk Open(ulong? sequence)
    {
        if (_chunk is null)
        {
            _nowNs = time.NowNs();
            _chunk = new Chunk(new SealBuilder(source, epoch, sequence ?? 0));
        }
        else if (sequence is { } first && _chunk.Sum.SequenceCount == 0)
        {
            // Corrections came first; they do not say where the sequences go on.
            _chunk.Sum.BeginAt(first);
        }

        Debug.Assert(_chunk.RowCount < RowsMax, "A full chunk takes no more rows.");
        return _chunk;
    }

    private void Append(Chunk chunk, in Tick tick)
    {
        chunk.Sum.Add(tick);
        chunk.RowCount++;
        if (_count == _ticks.Length)
        {
            var capacity = Math.Clamp(_count * 2, 16, RowsMax);
            Array.Resize(ref _ticks, capacity);
            Array.Resize(ref _following, capacity);
        }

        var row = _count++;
        _ticks[row] = tick;
        _following[row] = None;
        var groups = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_order);
        var index = GroupOf(tick.Symbol);
        if (index < groups.Length)
        {
            _following[groups[index].Last] = row;
            groups[index].Last = row;
        }
        else
        {
            _order.Add(new Group { First = row, Last = row });
        }
    }

    private int GroupOf(string symbol)
    {
        if (ReferenceEquals(symbol, _lastSymbol))
        {
            return _lastGroup;
        }

        if (!_groups.TryGetValue(symbol, out var group))
        {
            group = _order.Count;
            _groups.Add(symbol, group);
        }

        _lastSymbol = symbol;
        _lastGroup = group;
        return group;
    }

    private void Encode(in Group group, Chunk chunk, string? traceParent)
    {
        var key = Encoding.UTF8.GetBytes(_ticks[group.First].Symbol);
        Headers? headers = null;
        var partition = SymbolPartition.Of(key, partitions);
        if (traceParent is null ? !_untraced[partition] : !_traced[partition])
        {
            _traced[partition] = traceParent is not null;
            _untraced[partition] = traceParent is null;
            headers = new Headers { { TraceParent, Encoding.ASCII.GetBytes(traceParent ?? IngestTelemetry.Unrecorded()) } };
        }

        for (var row = group.First; row != None; row = _following[row])
        {
            if (!_writer.TryAdd(_ticks[row]))
            {
                chunk.Add(new StreamRecord(Topics.Ticks, key, _writer.ToArray(), headers));
                headers = null;
                _writer.TryAdd(_ticks[row]);
            }
        }

        chunk.Add(new StreamRecord(Topics.Ticks, key, _writer.ToArray(), headers));
    }

    private struct Group
    {
        public int First;
        public int Last;
    }
}
