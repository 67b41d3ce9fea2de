using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Groups;

/// <summary>
/// One entry of the offsets file: size of the rest (uint32) and its CRC-32C (uint32), then group, topic (each with its length),
/// partition, and either an offset with all that belongs to it, or the mark of a deletion. An empty topic stands for the group
/// itself; its offset is the time since when it has no members. Little-endian.
/// </summary>
internal readonly record struct OffsetEntry(string Group, string Topic, int Partition, CommittedOffset? Offset)
{
    private const int HeaderSize = 8;

    /// <summary>All sound entries; <paramref name="soundSize"/> is where the first damaged or unfinished one begins.</summary>
    public static List<OffsetEntry> ReadAll(ReadOnlyMemory<byte> bytes, out int soundSize)
    {
        var entries = new List<OffsetEntry>();
        soundSize = 0;
        while (bytes.Length - soundSize >= HeaderSize)
        {
            var header = bytes.Span[soundSize..];

            // Zeros, which a power loss may leave, would pass for an empty entry with the right checksum.
            var size = BinaryPrimitives.ReadUInt32LittleEndian(header);
            if (size == 0 || size > bytes.Length - soundSize - HeaderSize)
            {
                break;
            }

            var body = bytes.Slice(soundSize + HeaderSize, (int)size);
            if (Crc32C.Compute(body.Span) != BinaryPrimitives.ReadUInt32LittleEndian(header[4..]))
            {
                break;
            }

            entries.Add(Read(body));
            soundSize += HeaderSize + (int)size;
        }

        return entries;
    }

    private static OffsetEntry Read(ReadOnlyMemory<byte> body)
    {
        using var reader = new BinaryReader(new MemoryStream(body.ToArray()), Encoding.UTF8);
        var (group, topic, partition) = (reader.ReadString(), reader.ReadString(), reader.ReadInt32());
        CommittedOffset? offset = reader.ReadBoolean()
            ? new CommittedOffset(reader.ReadInt64(), reader.ReadInt32(), reader.ReadString(), reader.ReadInt64(), reader.ReadInt64())
            : null;
        return new OffsetEntry(group, topic, partition, offset);
    }
}

/// <summary>Collects entries in the form that <see cref="OffsetEntry.ReadAll"/> reads.</summary>
internal sealed class OffsetEntryWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<OffsetEntry> _entries = [];

    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    public IReadOnlyList<OffsetEntry> Entries => _entries;

    /// <summary>Adds an offset, or for null the mark that there is none any more.</summary>
    public void Add(string group, string topic, int partition, CommittedOffset? offset)
    {
        _entries.Add(new OffsetEntry(group, topic, partition, offset));
        var body = new MemoryStream();
        using (var writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(group);
            writer.Write(topic);
            writer.Write(partition);
            writer.Write(offset is not null);
            if (offset is { } value)
            {
                writer.Write(value.Offset);
                writer.Write(value.LeaderEpoch);
                writer.Write(value.Metadata);
                writer.Write(value.CommitTimeMs);
                writer.Write(value.ExpireTimeMs);
            }
        }

        var written = body.GetBuffer().AsSpan(0, (int)body.Length);
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)written.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Crc32C.Compute(written));
        _bytes.Write(header);
        _bytes.Write(written);
    }
}
