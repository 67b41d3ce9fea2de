using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StockAspire.Market;

namespace StockAspire.TickStore.Adapters;

/// <summary>
/// Attributes as a JSON object, so that SQL's JSON functions see them: text as string, flag as true or false, number with
/// its own characters. A number that JSON does not allow, such as 007, is <c>{"number":"007"}</c>. Not thread-safe.
/// </summary>
internal sealed class AttributeJson
{
    private const string NumberProperty = "number";

    // Validation is off because WriteRawValue is given only what IsJsonNumber accepted.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _buffer = new(256);
    private readonly List<KeyValuePair<string, AttributeValue>> _entries = [];
    private Utf8JsonWriter? _writer;

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> Encode(AttributeMap attributes)
    {
        _buffer.ResetWrittenCount();
        _writer ??= new Utf8JsonWriter(_buffer, Options);
        _writer.Reset();
        _writer.WriteStartObject();
        foreach (var (name, value) in attributes.AsSpan())
        {
            _writer.WritePropertyName(name);
            WriteValue(_writer, value);
        }

        _writer.WriteEndObject();
        _writer.Flush();
        return _buffer.WrittenSpan;
    }

    /// <exception cref="TickStoreSchemaException">The bytes are not what <see cref="Encode"/> gave.</exception>
    public AttributeMap Decode(ReadOnlySpan<byte> json)
    {
        try
        {
            _entries.Clear();
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new JsonException("Expected an object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                _entries.Add(new(name, ReadValue(ref reader)));
            }

            return AttributeMap.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_entries));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new TickStoreSchemaException($"Stored attributes are damaged: {exception.Message}", exception);
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, AttributeValue value)
    {
        switch (value.Kind)
        {
            case AttributeKind.Flag:
                writer.WriteBooleanValue(value.IsTrue);
                break;
            case AttributeKind.Number when IsJsonNumber(value.Text):
                writer.WriteRawValue(value.Text, skipInputValidation: true);
                break;
            case AttributeKind.Number:
                writer.WriteStartObject();
                writer.WriteString(NumberProperty, value.Text);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue(value.Text);
                break;
        }
    }

    private static AttributeValue ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                return AttributeValue.Flag(reader.TokenType == JsonTokenType.True);
            case JsonTokenType.Number:
                return AttributeValue.Number(Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.StartObject:
                reader.Read();
                reader.Read();
                var number = AttributeValue.Number(reader.GetString()!);
                reader.Read();
                return number;
            case JsonTokenType.String:
                return AttributeValue.OfText(reader.GetString()!);
            default:
                throw new JsonException($"Expected a value at {reader.TokenStartIndex}, got {reader.TokenType}.");
        }
    }

    /// <summary>A decimal (all of them are checked when made) that has no leading zeros, as RFC 8259 demands.</summary>
    private static bool IsJsonNumber(string text)
    {
        var first = text[0] == '-' ? 1 : 0;
        return text[first] != '0' || text.Length == first + 1 || !char.IsAsciiDigit(text[first + 1]);
    }
}
