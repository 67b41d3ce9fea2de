namespace StockAspire.Otlp.Wire;

/// <summary>Reads KeyValue and AnyValue within the limits. Thread-safe.</summary>
internal sealed class AttributeDecoder(int countMax, int lengthMax)
{
    /// <summary>Arrays within maps within arrays; what is deeper is left empty.</summary>
    private const int DepthMax = 8;

    /// <summary>Characters of a name: of a span, meter, instrument, unit or attribute.</summary>
    private const int NameLengthMax = 512;

    private readonly StringPool _strings = new();

    public string Name(ReadOnlySpan<byte> utf8) => _strings.Get(utf8, NameLengthMax);

    public string Text(ReadOnlySpan<byte> utf8) => _strings.Get(utf8, lengthMax);

    /// <summary>The KeyValues in <paramref name="field"/> of a message, in their order; those past the limit are counted.</summary>
    public TelemetryAttribute[] Read(ReadOnlySpan<byte> message, int field, ref int dropped)
    {
        var count = 0;
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            count += fields.Field == field ? 1 : 0;
        }

        if (count == 0)
        {
            return [];
        }

        var attributes = new TelemetryAttribute[Math.Min(count, countMax)];
        dropped += count - attributes.Length;
        var next = 0;
        for (var fields = new ProtoReader(message); next < attributes.Length && fields.Next();)
        {
            if (fields.Field == field)
            {
                attributes[next++] = KeyValue(fields.Bytes(), DepthMax);
            }
        }

        return attributes;
    }

    /// <summary>A value as text, within the limit even where an array or a map has many parts.</summary>
    public string ValueText(ReadOnlySpan<byte> message)
    {
        var text = Value(message, DepthMax).ToString();
        return text.Length <= lengthMax ? text : text[..lengthMax];
    }

    private TelemetryAttribute KeyValue(ReadOnlySpan<byte> message, int depth)
    {
        var key = string.Empty;
        AttributeValue value = default;
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 1:
                    key = Name(fields.Bytes());
                    break;
                case 2:
                    value = Value(fields.Bytes(), depth);
                    break;
            }
        }

        return new TelemetryAttribute(key, value);
    }

    private AttributeValue Value(ReadOnlySpan<byte> message, int depth)
    {
        AttributeValue value = default;
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            value = fields.Field switch
            {
                1 => AttributeValue.Of(Text(fields.Bytes())),
                2 => AttributeValue.Of(fields.Bool()),
                3 => AttributeValue.Of((long)fields.Varint()),
                4 => AttributeValue.Of(fields.Double()),
                5 when depth > 0 => AttributeValue.Of(Items(fields.Bytes(), depth - 1)),
                6 when depth > 0 => AttributeValue.Of(Entries(fields.Bytes(), depth - 1)),
                7 => AttributeValue.Of(Cut(fields.Bytes())),
                _ => value,
            };
        }

        return value;
    }

    private AttributeValue[] Items(ReadOnlySpan<byte> message, int depth)
    {
        var items = new List<AttributeValue>();
        for (var fields = new ProtoReader(message); items.Count < countMax && fields.Next();)
        {
            if (fields.Field == 1)
            {
                items.Add(Value(fields.Bytes(), depth));
            }
        }

        return [.. items];
    }

    private TelemetryAttribute[] Entries(ReadOnlySpan<byte> message, int depth)
    {
        var entries = new List<TelemetryAttribute>();
        for (var fields = new ProtoReader(message); entries.Count < countMax && fields.Next();)
        {
            if (fields.Field == 1)
            {
                entries.Add(KeyValue(fields.Bytes(), depth));
            }
        }

        return [.. entries];
    }

    private byte[] Cut(ReadOnlySpan<byte> bytes) => bytes[..Math.Min(bytes.Length, lengthMax)].ToArray();
}
