using System.Buffers.Binary;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Tests.Hostile;

/// <summary>Makes frames that are nearly real. What it makes follows from the seed alone.</summary>
internal sealed class FrameMutator(int seed)
{
    private const int FrameSizeMax = 256 * 1024;
    private const byte CreateTopics = 19;
    private const byte DeleteTopics = 20;
    private const byte CreatePartitions = 37;

    private static readonly long[] Boundaries =
    [
        -1, 0, 1, int.MinValue, int.MaxValue, int.MaxValue - 1, short.MinValue, short.MaxValue, ushort.MaxValue, long.MinValue, long.MaxValue,
        100_000, 100_001, 1 << 30, -2, -3, 127, 128, 255, 1 << 20,
    ];

    /// <summary>Varints: overlong, too long, of the greatest numbers, and unended.</summary>
    private static readonly byte[][] Varints =
    [
        [0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xff, 0x07], [0xff, 0xff, 0xff, 0xff, 0xff], [0x80, 0x80, 0x80, 0x80, 0x00],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0x81, 0x80, 0x00], [0x80],
    ];

    /// <summary>Overlong slash, a surrogate, a byte of no character, a character cut short, beyond U+10FFFF.</summary>
    private static readonly byte[][] BadUtf8 = [[0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xff], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80]];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var source = Pick();
        if (_random.Next(25) == 0)
        {
            return [.. source.Bytes]; // a real one now and then: there must be topics, groups and records to disturb
        }

        if (source.BatchStart >= 0 && _random.Next(2) == 0)
        {
            return MutateBatch(source);
        }

        var frame = source.Bytes;
        for (var times = _random.Next(1, 4); times > 0 && frame.Length > 0; times--)
        {
            frame = Mutate(frame);
        }

        return frame;
    }

    private HostileFrame Pick()
    {
        while (true)
        {
            // What makes and removes folders takes a hundred times as long as the rest: it comes up less.
            var frame = HostileCorpus.All[_random.Next(HostileCorpus.All.Length)];
            if (frame.Bytes[1] is not (CreateTopics or DeleteTopics or CreatePartitions) || _random.Next(8) == 0)
            {
                return frame;
            }
        }
    }

    private int Position(byte[] frame) => _random.Next(frame.Length);

    private byte[] Mutate(byte[] frame) => _random.Next(12) switch
    {
        0 or 1 => FlipBits(frame),
        2 => frame[..Position(frame)],
        3 => [.. frame, .. Noise(_random.Next(1, 64))],
        4 => Splice(frame),
        5 or 6 => WriteBoundary(frame),
        7 => Overwrite(frame, Varints[_random.Next(Varints.Length)]),
        8 => Insert(frame, Varints[_random.Next(Varints.Length)]),
        9 => Overwrite(frame, BadUtf8[_random.Next(BadUtf8.Length)]),
        10 => Repeat(frame),
        _ => OtherApi(frame),
    };

    private byte[] FlipBits(byte[] frame)
    {
        byte[] flipped = [.. frame];
        for (var times = _random.Next(1, 9); times > 0; times--)
        {
            flipped[Position(flipped)] ^= (byte)(1 << _random.Next(8));
        }

        return flipped;
    }

    private byte[] Splice(byte[] frame)
    {
        var other = Pick().Bytes;
        return [.. frame[..Position(frame)], .. other[Position(other)..]];
    }

    private byte[] WriteBoundary(byte[] frame)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(value, Boundaries[_random.Next(Boundaries.Length)]);
        return Overwrite(frame, value[^(1 << _random.Next(4))..]);
    }

    private byte[] Overwrite(byte[] frame, ReadOnlySpan<byte> bytes)
    {
        byte[] changed = [.. frame];
        var target = changed.AsSpan(Position(frame));
        bytes[..Math.Min(bytes.Length, target.Length)].CopyTo(target);
        return changed;
    }

    private byte[] Insert(byte[] frame, byte[] bytes)
    {
        var position = Position(frame);
        return [.. frame[..position], .. bytes, .. frame[position..]];
    }

    /// <summary>A piece of the frame many times over: long arrays, and structures nested in each other's place.</summary>
    private byte[] Repeat(byte[] frame)
    {
        var start = Position(frame);
        var piece = frame[start..Math.Min(frame.Length, start + _random.Next(1, 80))];
        var times = Math.Min(_random.Next(2, 200), (FrameSizeMax - frame.Length) / piece.Length);
        return [.. frame[..start], .. Enumerable.Repeat(piece, Math.Max(0, times)).SelectMany(p => p), .. frame[start..]];
    }

    private byte[] OtherApi(byte[] frame)
    {
        if (frame.Length < 4)
        {
            return frame;
        }

        byte[] changed = [.. frame];
        if (_random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt16BigEndian(changed, (short)_random.Next(-1, 70));
        }

        BinaryPrimitives.WriteInt16BigEndian(changed.AsSpan(2), (short)_random.Next(-1, 18));
        return changed;
    }

    /// <summary>Changes a batch and, mostly, sets its checksum right: so that it comes further than to that check.</summary>
    private byte[] MutateBatch(HostileFrame source)
    {
        byte[] frame = [.. source.Bytes];
        var batch = frame.AsSpan(source.BatchStart, source.BatchSize);
        for (var times = _random.Next(1, 4); times > 0; times--)
        {
            byte[] changed = [.. batch[BatchHeader.CrcStart..]];
            changed = _random.Next(3) switch { 0 => FlipBits(changed), 1 => WriteBoundary(changed), _ => Overwrite(changed, Varints[_random.Next(Varints.Length)]) };
            changed.CopyTo(batch[BatchHeader.CrcStart..]);
        }

        if (_random.Next(8) > 0)
        {
            BatchHeader.WriteCrc(batch);
        }

        return frame;
    }

    private byte[] Noise(int size)
    {
        var bytes = new byte[size];
        _random.NextBytes(bytes);
        return bytes;
    }
}
