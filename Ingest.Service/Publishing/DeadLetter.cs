using System.Globalization;
using System.Text;
using Confluent.Kafka;
using StockAspire.Market;
using StockAspire.TickStream;

namespace StockAspire.Ingest.Publishing;

/// <summary>A row that can never be stored, as it goes to topic <c>ticks.dlq</c>.</summary>
/// <param name="Source">The source that it belongs to.</param>
/// <param name="Sequence">The sequence that it used up, or whose correction it was.</param>
/// <param name="Fault">What is wrong with it.</param>
/// <param name="Raw">The row as it came: text of a file, JSON, or a <c>TickBlock</c> of one row; cut to 64 KiB.</param>
internal sealed record DeadLetter(string Source, ulong Sequence, TickFault Fault, ReadOnlyMemory<byte> Raw)
{
    public const string IngestStage = "ingest";
    public const string NormaliserStage = "normaliser";

    private const int RawSizeMax = 64 * 1024;

    /// <summary>1-based line of its file; 0 where there is none.</summary>
    public long Line { get; init; }

    /// <summary>File that it came from; empty where there is none.</summary>
    public string Path { get; init; } = string.Empty;

    /// <summary>TOPIC/PARTITION/OFFSET of the record that it was; empty where it was none.</summary>
    public string Position { get; init; } = string.Empty;

    public string Stage { get; init; } = IngestStage;

    public StreamRecord ToRecord()
    {
        var headers = new Headers();
        Add(headers, DeadLetterHeaders.Source, Source);
        Add(headers, DeadLetterHeaders.Sequence, Sequence.ToString(CultureInfo.InvariantCulture));
        Add(headers, DeadLetterHeaders.Field, Fault.Field);
        Add(headers, DeadLetterHeaders.Expected, Fault.Expected);
        Add(headers, DeadLetterHeaders.Actual, Fault.Actual);
        Add(headers, DeadLetterHeaders.Stage, Stage);
        if (Line > 0)
        {
            Add(headers, DeadLetterHeaders.Line, Line.ToString(CultureInfo.InvariantCulture));
        }

        Add(headers, DeadLetterHeaders.Path, Path);
        Add(headers, DeadLetterHeaders.Position, Position);
        var raw = Raw.Length <= RawSizeMax ? Raw : Raw[..RawSizeMax];
        return new StreamRecord(Topics.DeadLetters, Encoding.UTF8.GetBytes(Source), raw.ToArray(), headers);
    }

    private static void Add(Headers headers, string name, string value)
    {
        if (value.Length > 0)
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }
    }
}
