using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using StockAspire.Feeds.Rows;
using StockAspire.Market;

namespace StockAspire.Feeds.Json;

/// <summary>
/// Normalises a foreign producer's JSON object into a tick. Names are matched without regard to case, see
/// <see cref="JsonTickNames"/>; numbers are taken from their text, exactly, whether quoted or not; members of other names
/// become attributes under their own: number, text, true or false, objects and arrays as their JSON text, null not at all.
/// Reused from message to message; not thread-safe.
/// </summary>
/// <remarks>
/// A time is RFC 3339, a date, or a number since the Unix epoch whose unit its size tells (s, ms, us or ns, right from 1973
/// to 2262). Conditions are an array of texts or numbers, or one text with spaces, semicolons or bars between them.
/// </remarks>
public sealed class JsonTickParser
{
    public const int MessageSizeMax = 64 * 1024;

    /// <summary>Objects and arrays within each other.</summary>
    public const int DepthMax = 16;

    private const string Row = "row";

    private readonly RowPools _pools = new();
    private readonly List<JsonMember> _members = [];
    private readonly JsonMember?[] _fields = new JsonMember?[Enum.GetValues<JsonTickField>().Length];
    private readonly int[] _ranks = new int[Enum.GetValues<JsonTickField>().Length];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, AttributeValue>> _attributes = [];
    private readonly List<string> _conditions = [];
    private byte[] _text = new byte[256];

    /// <summary>The tick, or what is wrong with the message: field (proto name, or <c>row</c>), expected, actual.</summary>
    /// <param name="id">Its identity: of the topic's partition and offset.</param>
    /// <param name="defaultTimeNs">Event time of a message that has none, such as the record's own; null to refuse it.</param>
    /// <param name="eventTimeMaxNs">The latest event time accepted: now plus the allowed skew.</param>
    public bool TryParse(
        ReadOnlySpan<byte> utf8, in TickId id, long? defaultTimeNs, long eventTimeMaxNs, out Tick tick, [NotNullWhen(false)] out TickFault? fault)
    {
        tick = default;
        if (utf8.Length > MessageSizeMax)
        {
            fault = new TickFault(Row, $"at most {MessageSizeMax} bytes", $"{utf8.Length}");
            return false;
        }

        try
        {
            fault = ReadMembers(utf8) ?? ReadTick(utf8, id, defaultTimeNs, out tick) ?? TickLimits.Check(tick, eventTimeMaxNs);
        }
        catch (InvalidOperationException)
        {
            fault = new TickFault(Row, "valid Unicode in every text", "an escape of half a surrogate pair");
        }

        return fault is null;
    }

    private TickFault? ReadMembers(ReadOnlySpan<byte> utf8)
    {
        _members.Clear();
        _names.Clear();
        Array.Clear(_fields);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return new TickFault(Row, "a JSON object", Shown.Bytes(utf8));
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!_pools.Texts.TryGet(Unescaped(ref reader), out var name) || !_names.Add(name))
                {
                    return new TickFault(Row, "distinct names in UTF-8", $"{Shown.Bytes(reader.ValueSpan)} at byte {reader.TokenStartIndex}");
                }

                reader.Read();
                var start = (int)reader.TokenStartIndex;
                var type = reader.TokenType;
                reader.Skip();
                Keep(new JsonMember(name, type, start, (int)reader.BytesConsumed - start));
            }

            // Nothing but white space may follow.
            reader.Read();
            return null;
        }
        catch (JsonException error)
        {
            return new TickFault(
                Row,
                $"JSON of at most {DepthMax} levels",
                string.Create(CultureInfo.InvariantCulture, $"an error at byte {PositionOf(utf8, error)} ({Reason(error)})"));
        }
    }

    /// <summary>The best name of each field wins; a member that loses, or has another name, is an attribute.</summary>
    private void Keep(in JsonMember member)
    {
        if (!JsonTickNames.TryFind(member.Name, out var field, out var rank) || member.Type == JsonTokenType.Null)
        {
            _members.Add(member);
        }
        else if (_fields[(int)field] is not { } other || rank < _ranks[(int)field])
        {
            if (_fields[(int)field] is { } beaten)
            {
                _members.Add(beaten);
            }

            _fields[(int)field] = member;
            _ranks[(int)field] = rank;
        }
        else
        {
            _members.Add(member);
        }
    }

    private TickFault? ReadTick(ReadOnlySpan<byte> utf8, in TickId id, long? defaultTimeNs, out Tick tick)
    {
        tick = default;
        if (!TryText(utf8, JsonTickField.Symbol, "symbol", required: true, out var symbol, out var fault) ||
            !TryText(utf8, JsonTickField.Venue, "venue", required: false, out var venue, out fault))
        {
            return fault;
        }

        var eventTimeNs = defaultTimeNs ?? 0;
        if (_fields[(int)JsonTickField.Time] is { } time)
        {
            var text = Scalar(utf8, time);
            var isText = time.Type == JsonTokenType.String && text.Length > 4 && text[4] == '-';
            if (!(isText ? UnixTime.TryParse(text, out eventTimeNs, out _) : IsScalar(time) && UnixTime.TryParseEpoch(text, EpochUnit.ByMagnitude, out eventTimeNs)))
            {
                return Wrong("event_time_ns", "RFC 3339, a date, or a number since the Unix epoch", utf8, time);
            }
        }
        else if (defaultTimeNs is null)
        {
            return new TickFault("event_time_ns", "time, timestamp, ts, t, event_time or date", "none of them");
        }

        if (_fields[(int)JsonTickField.Price] is not { } priceMember)
        {
            return new TickFault("price_e9", "price, p, last or close", "none of them");
        }

        var error = IsScalar(priceMember) ? Price.TryParse(Scalar(utf8, priceMember), out var price) : Default(out price);
        if (error != FixedPointError.None)
        {
            return Wrong("price_e9", Price.Explain(error), utf8, priceMember);
        }

        if (_fields[(int)JsonTickField.Size] is not { } sizeMember)
        {
            return new TickFault("size_e8", "size, qty, quantity, volume or v", "none of them");
        }

        error = IsScalar(sizeMember) ? Size.TryParse(Scalar(utf8, sizeMember), out var size) : Default(out size);
        if (error != FixedPointError.None)
        {
            return Wrong("size_e8", Size.Explain(error), utf8, sizeMember);
        }

        fault = ReadConditions(utf8, out var conditions) ?? ReadAttributes(utf8);
        if (fault is not null)
        {
            return fault;
        }

        tick = new Tick
        {
            Id = id,
            Symbol = symbol,
            EventTimeNs = eventTimeNs,
            Price = price,
            Size = size,
            Venue = venue,
            Conditions = conditions,
            Attributes = AttributeMap.Of(CollectionsMarshal.AsSpan(_attributes)),
        };
        return null;
    }

    private bool TryText(ReadOnlySpan<byte> utf8, JsonTickField field, string name, bool required, out string text, [NotNullWhen(false)] out TickFault? fault)
    {
        (text, fault) = (string.Empty, null);
        if (_fields[(int)field] is not { } member)
        {
            fault = required ? new TickFault(name, "symbol, s, ticker, sym or index", "none of them") : null;
        }
        else if (!IsScalar(member) || !_pools.Texts.TryGet(Scalar(utf8, member), out text!))
        {
            text = string.Empty;
            fault = Wrong(name, "a text", utf8, member);
        }

        return fault is null;
    }

    private TickFault? ReadConditions(ReadOnlySpan<byte> utf8, out ConditionSet conditions)
    {
        conditions = ConditionSet.Empty;
        if (_fields[(int)JsonTickField.Conditions] is not { } member)
        {
            return null;
        }

        if (IsScalar(member))
        {
            return _pools.Conditions.TryGet(Scalar(utf8, member), out conditions!) ? null : Wrong("conditions", "UTF-8", utf8, member);
        }

        _conditions.Clear();
        var array = new Utf8JsonReader(utf8.Slice(member.Start, member.Size));
        array.Read();
        while (array.TokenType != JsonTokenType.EndArray && array.Read() && array.TokenType is JsonTokenType.String or JsonTokenType.Number)
        {
            if (_conditions.Count == TickLimits.ConditionsMax || !_pools.Texts.TryGet(Unescaped(ref array), out var condition))
            {
                break;
            }

            _conditions.Add(condition);
        }

        if (member.Type != JsonTokenType.StartArray || array.TokenType != JsonTokenType.EndArray)
        {
            return Wrong("conditions", $"a text, or an array of at most {TickLimits.ConditionsMax} texts or numbers", utf8, member);
        }

        conditions = ConditionSet.Of(CollectionsMarshal.AsSpan(_conditions));
        return null;
    }

    private TickFault? ReadAttributes(ReadOnlySpan<byte> utf8)
    {
        _attributes.Clear();
        foreach (var member in _members)
        {
            if (member.Type == JsonTokenType.Null)
            {
                continue;
            }

            // Told before a large message makes many strings.
            if (_attributes.Count == TickLimits.AttributesMax)
            {
                return new TickFault("attributes", $"at most {TickLimits.AttributesMax} further members", "more");
            }

            if (!_pools.Texts.TryGet(Scalar(utf8, member), out var text))
            {
                return Wrong("attributes." + member.Name, "UTF-8", utf8, member);
            }

            _attributes.Add(new(member.Name, member.Type switch
            {
                JsonTokenType.Number => AttributeValue.Number(text),
                JsonTokenType.True => AttributeValue.Flag(true),
                JsonTokenType.False => AttributeValue.Flag(false),
                _ => AttributeValue.OfText(text),
            }));
        }

        return null;
    }

    private static bool IsScalar(in JsonMember member) => member.Type is JsonTokenType.String or JsonTokenType.Number;

    private static FixedPointError Default<T>(out T value)
        where T : struct
    {
        value = default;
        return FixedPointError.NotANumber;
    }

    /// <summary>A text without its quotes and escapes, anything else as it stands. Valid until the next call.</summary>
    private ReadOnlySpan<byte> Scalar(ReadOnlySpan<byte> utf8, in JsonMember member)
    {
        var value = utf8.Slice(member.Start, member.Size);
        if (member.Type != JsonTokenType.String)
        {
            return value;
        }

        var reader = new Utf8JsonReader(value);
        reader.Read();
        return Unescaped(ref reader);
    }

    /// <exception cref="InvalidOperationException">An escape stands for half a surrogate pair.</exception>
    private ReadOnlySpan<byte> Unescaped(scoped ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        // An escape is never shorter than what it stands for.
        if (_text.Length < reader.ValueSpan.Length)
        {
            _text = new byte[Math.Max(reader.ValueSpan.Length, _text.Length * 2)];
        }

        return _text.AsSpan(0, reader.CopyString(_text));
    }

    private static TickFault Wrong(string field, string expected, ReadOnlySpan<byte> utf8, in JsonMember member) =>
        new(field, expected, $"{Shown.Bytes(utf8.Slice(member.Start, member.Size))} in \"{member.Name}\" at byte {member.Start}");

    private static long PositionOf(ReadOnlySpan<byte> utf8, JsonException error)
    {
        var position = 0;
        for (var line = error.LineNumber ?? 0; line > 0; line--)
        {
            position += utf8[position..].IndexOf((byte)'\n') + 1;
        }

        return position + (error.BytePositionInLine ?? 0);
    }

    /// <summary>The parser's message without its own rendering of the position.</summary>
    private static string Reason(JsonException error)
    {
        var end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.', ' ');
    }
}
