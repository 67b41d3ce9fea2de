using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using StockAspire.Market;
using StockAspire.Market.Seals;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Publishing;

/// <summary>A row of a chunk that was refused.</summary>
/// <param name="Sequence">The sequence that it used up.</param>
/// <param name="Fault">What is wrong with it.</param>
/// <param name="Position">TOPIC/PARTITION/OFFSET of its dead letter.</param>
internal readonly record struct RefusedRow(ulong Sequence, TickFault Fault, string Position);

/// <summary>
/// Rows of one source that came together, encoded: a block for each symbol (or more, where a block's limits ask for it),
/// dead letters, and what their seal will say. Made by <see cref="ChunkEncoder"/>.
/// </summary>
internal sealed class Chunk(SealBuilder sum) : RecordBatch
{
    private readonly List<RefusedRow> _refused = [];

    // Index into _refused of the record at an index; null where none was refused.
    private Dictionary<int, int>? _letters;

    /// <summary>What these rows add to their source's seal.</summary>
    public SealBuilder Sum { get; } = sum;

    /// <summary>Rows: ticks, corrections and refused ones.</summary>
    public int RowCount { get; set; }

    /// <summary>The first sequence after this chunk.</summary>
    public ulong Next => Sum.Next;

    /// <summary>Refused rows; their positions are known once the chunk is delivered.</summary>
    public IReadOnlyList<RefusedRow> Refused => _refused;

    /// <summary>From encoding to acknowledgement; null where nobody listens.</summary>
    public Activity? Span { get; set; }

    public void AddLetter(DeadLetter letter)
    {
        (_letters ??= []).Add(Records.Count, _refused.Count);
        _refused.Add(new RefusedRow(letter.Sequence, letter.Fault, string.Empty));
        Add(letter.ToRecord());
    }

    /// <summary>Names the chunk's span on each dead letter: a letter is read alone, and may be all that is left of the chunk.</summary>
    public void TraceLetters(string traceParent)
    {
        foreach (var index in _letters?.Keys ?? Enumerable.Empty<int>())
        {
            Records[index].Headers?.Add(ChunkEncoder.TraceParent, Encoding.ASCII.GetBytes(traceParent));
        }
    }

    protected override bool WantsPosition(int index) => _letters is not null && _letters.ContainsKey(index);

    protected override void OnPosition(int index, TopicPartitionOffset position)
    {
        var letter = _letters![index];
        _refused[letter] = _refused[letter] with
        {
            Position = string.Create(CultureInfo.InvariantCulture, $"{Topics.DeadLetters}/{position.Partition.Value}/{position.Offset.Value}"),
        };
    }
}
