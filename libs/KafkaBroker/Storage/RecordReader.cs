namespace StockAspire.KafkaBroker.Storage;

/// <summary>One record inside an uncompressed batch; the spans lie in the batch.</summary>
internal readonly ref struct BatchRecord
{
    public required ReadOnlySpan<byte> Raw { get; init; }

    public required ReadOnlySpan<byte> Key { get; init; }

    public required bool HasKey { get; init; }

    /// <summary>A record without value deletes its key in a compacted topic.</summary>
    public required bool HasValue { get; init; }

    public required long TimestampDeltaMs { get; init; }

    public required int OffsetDelta { get; init; }
}

/// <summary>
/// Walks the records of a batch v2 (protocol guide, "Record"): zigzag varints for length, timestamp delta, offset delta, key
/// and value, and headers, which are checked and passed over. Never throws: malformed bytes end the walk.
/// </summary>
internal ref struct RecordReader(ReadOnlySpan<byte> records)
{
    private readonly ReadOnlySpan<byte> _records = records;
    private int _position;

    public readonly bool AtEnd => _position == _records.Length;

    public bool TryRead(out BatchRecord record)
    {
        record = default;
        var start = _position;
        if (!TryReadVarlong(_records, ref _position, out var size) || size < 1 || size > _records.Length - _position)
        {
            return false;
        }

        var body = _records.Slice(_position, (int)size);
        _position += (int)size;
        var at = 1;
        if (!TryReadVarlong(body, ref at, out var timestampDelta)
            || !TryReadVarlong(body, ref at, out var offsetDelta)
            || !TryReadField(body, ref at, out var key, out var hasKey)
            || !TryReadField(body, ref at, out _, out var hasValue)
            || offsetDelta is < 0 or > int.MaxValue
            || !TryPassHeaders(body, ref at)
            || at != body.Length)
        {
            return false;
        }

        record = new BatchRecord
        {
            Raw = _records[start.._position],
            Key = key,
            HasKey = hasKey,
            HasValue = hasValue,
            TimestampDeltaMs = timestampDelta,
            OffsetDelta = (int)offsetDelta,
        };
        return true;
    }

    /// <summary>The headers: a count, and for each a key, which is there, and a value, which may be null.</summary>
    private static bool TryPassHeaders(ReadOnlySpan<byte> body, scoped ref int at)
    {
        if (!TryReadVarlong(body, ref at, out var count) || count < 0 || count > body.Length)
        {
            return false;
        }

        for (; count > 0; count--)
        {
            if (!TryReadField(body, ref at, out _, out var hasKey) || !hasKey || !TryReadField(body, ref at, out _, out _))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadField(ReadOnlySpan<byte> body, scoped ref int at, out ReadOnlySpan<byte> field, out bool present)
    {
        field = default;
        present = false;
        if (!TryReadVarlong(body, ref at, out var size) || size < -1 || size > body.Length - at)
        {
            return false;
        }

        if (size >= 0)
        {
            present = true;
            field = body.Slice(at, (int)size);
            at += (int)size;
        }

        return true;
    }

    private static bool TryReadVarlong(ReadOnlySpan<byte> bytes, scoped ref int at, out long value)
    {
        ulong raw = 0;
        value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if ((uint)at >= (uint)bytes.Length)
            {
                return false;
            }

            var next = bytes[at++];
            raw |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return true;
            }
        }

        return false;
    }
}
