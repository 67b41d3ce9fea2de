using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker.Groups;

/// <summary>
/// One entry of the groups' file: size of the rest (uint32) and its CRC-32C (uint32), then group and topic (each with its length),
/// partition, whether there is a value, and the value. Little-endian. An entry without value is the mark of a deletion. An empty
/// topic stands for the group itself, and the partition for what is told of it then.
/// </summary>
internal abstract record GroupEntry(string Group)
{
    private const int HeaderSize = 8;
    private const int EmptySincePartition = -1;
    private const int MembershipPartition = -2;

    private static readonly CommittedOffset NoOffset = new(-1, -1, "");

    /// <summary>All sound entries; <paramref name="soundSize"/> is where the first damaged or unfinished one begins.</summary>
    public static List<GroupEntry> ReadAll(ReadOnlyMemory<byte> bytes, out int soundSize)
    {
        var entries = new List<GroupEntry>();
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

    public void Write(IBufferWriter<byte> output)
    {
        var body = new MemoryStream();
        using (var writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Group);
            switch (this)
            {
                case OffsetEntry { Offset: var offset } entry:
                    WriteKey(writer, entry.Topic, entry.Partition, offset is not null);
                    WriteOffset(writer, offset);
                    break;
                case EmptySinceEntry { SinceMs: var since }:
                    WriteKey(writer, "", EmptySincePartition, since is not null);
                    WriteOffset(writer, since is { } ms ? NoOffset with { Offset = ms } : null);
                    break;
                case MembershipEntry { Membership: var membership }:
                    WriteKey(writer, "", MembershipPartition, membership is not null);
                    membership?.Write(writer);
                    break;
            }
        }

        var written = body.GetBuffer().AsSpan(0, (int)body.Length);
        var header = output.GetSpan(HeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)written.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Crc32C.Compute(written));
        output.Advance(HeaderSize);
        output.Write(written);
    }

    private static GroupEntry Read(ReadOnlyMemory<byte> body)
    {
        using var reader = new BinaryReader(new MemoryStream(body.ToArray()), Encoding.UTF8);
        var (group, topic, partition, hasValue) = (reader.ReadString(), reader.ReadString(), reader.ReadInt32(), reader.ReadBoolean());
        return (topic, partition) switch
        {
            ("", EmptySincePartition) => new EmptySinceEntry(group, hasValue ? ReadOffset(reader).Offset : null),
            ("", MembershipPartition) => new MembershipEntry(group, hasValue ? Membership.Read(reader) : null),
            _ => new OffsetEntry(group, topic, partition, hasValue ? ReadOffset(reader) : null),
        };
    }

    private static void WriteKey(BinaryWriter writer, string topic, int partition, bool hasValue)
    {
        writer.Write(topic);
        writer.Write(partition);
        writer.Write(hasValue);
    }

    private static CommittedOffset ReadOffset(BinaryReader reader) =>
        new(reader.ReadInt64(), reader.ReadInt32(), reader.ReadString(), reader.ReadInt64(), reader.ReadInt64());

    private static void WriteOffset(BinaryWriter writer, CommittedOffset? offset)
    {
        if (offset is { } value)
        {
            writer.Write(value.Offset);
            writer.Write(value.LeaderEpoch);
            writer.Write(value.Metadata);
            writer.Write(value.CommitTimeMs);
            writer.Write(value.ExpireTimeMs);
        }
    }
}

/// <summary>What a group committed for a partition.</summary>
internal sealed record OffsetEntry(string Group, string Topic, int Partition, CommittedOffset? Offset) : GroupEntry(Group);

/// <summary>When a group was first seen without members, in ms since the Unix epoch; from then on its offsets age.</summary>
internal sealed record EmptySinceEntry(string Group, long? SinceMs) : GroupEntry(Group);

/// <summary>Generation and members of a group.</summary>
internal sealed record MembershipEntry(string Group, Membership? Membership) : GroupEntry(Group);
