using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StockAspire.Market;

namespace StockAspire.Cli.Output;

/// <summary>
/// One JSON object a line. Times are RFC 3339 UTC with ns; prices, sizes and sequences are strings, since they may have
/// more digits than a JSON reader's double keeps. What is empty is left out.
/// </summary>
internal sealed class TickJson(Utf8Output output, bool withAge) : ITickOutput
{
    /// <summary>For people and programs, not for HTML: only what JSON itself needs is escaped.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int NumberSizeMax = 32;

    private readonly ArrayBufferWriter<byte> _line = new(1024);
    private readonly TimeText _eventTime = new();
    private readonly TimeText _ingestTime = new();
    private Utf8JsonWriter? _writer;

    public void Write(in Tick tick, long ageNs = 0)
    {
        var json = _writer ??= new Utf8JsonWriter(_line, Options);
        json.WriteStartObject();
        json.WriteString("symbol"u8, tick.Symbol);
        json.WriteString("event_time"u8, _eventTime.Format(tick.EventTimeNs));
        WriteNumber("price"u8, tick.Price);
        WriteNumber("size"u8, tick.Size);
        if (tick.Venue.Length > 0)
        {
            json.WriteString("venue"u8, tick.Venue);
        }

        if (tick.Conditions.Count > 0)
        {
            json.WriteStartArray("conditions"u8);
            foreach (var condition in tick.Conditions.AsSpan())
            {
                json.WriteStringValue(condition);
            }

            json.WriteEndArray();
        }

        json.WriteString("source"u8, tick.Id.Source);
        WriteNumber("sequence"u8, tick.Id.Sequence);
        if (tick.Revision != 0)
        {
            json.WriteNumber("revision"u8, tick.Revision);
        }

        if (tick.Action != TickAction.New)
        {
            json.WriteString("action"u8, NameOf(tick.Action));
        }

        if (tick.IngestTimeNs != 0)
        {
            json.WriteString("ingest_time"u8, _ingestTime.Format(tick.IngestTimeNs));
        }

        if (tick.Attributes.Count > 0)
        {
            json.WritePropertyName("attributes"u8);
            WriteAttributes(json, tick.Attributes);
        }

        if (withAge)
        {
            WriteNumber("age_ns"u8, ageNs);
        }

        json.WriteEndObject();
        json.Flush();
        output.Append(_line.WrittenSpan);
        output.Append((byte)'\n');
        _line.ResetWrittenCount();
        json.Reset();
    }

    public void Flush() => output.Flush();

    internal static string NameOf(TickAction action) => action switch
    {
        TickAction.New => "new",
        TickAction.Correct => "correct",
        TickAction.Cancel => "cancel",
        _ => $"action {(int)action}",
    };

    internal static string Attributes(AttributeMap attributes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            WriteAttributes(json, attributes);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteAttributes(Utf8JsonWriter json, AttributeMap attributes)
    {
        json.WriteStartObject();
        foreach (var (name, value) in attributes.AsSpan())
        {
            json.WritePropertyName(name);
            if (value.Kind == AttributeKind.Flag)
            {
                json.WriteBooleanValue(value.IsTrue);
            }
            else
            {
                // A decimal too: it may have more digits than a reader's double keeps.
                json.WriteStringValue(value.Text);
            }
        }

        json.WriteEndObject();
    }

    private void WriteNumber<T>(ReadOnlySpan<byte> name, T value)
        where T : IUtf8SpanFormattable
    {
        Span<byte> text = stackalloc byte[NumberSizeMax];
        value.TryFormat(text, out var size, default, null);
        _writer!.WriteString(name, text[..size]);
    }
}
