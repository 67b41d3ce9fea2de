namespace StockAspire.KafkaBroker.Groups;

/// <summary>
/// What a group keeps over restarts of the broker, as Kafka does: its last generation that was stable, with its members and their
/// assignments, or the generation alone where nobody is left. <paramref name="Protocol"/> and <paramref name="LeaderId"/> are null
/// without members.
/// </summary>
internal sealed record Membership(int Generation, string ProtocolType, string? Protocol, string? LeaderId, IReadOnlyList<MemberDetails> Members)
{
    /// <summary>
    /// Greatest size that is kept. A thousand members with subscriptions and assignments of some KiB each have room; Kafka takes
    /// what a record may hold, 1 MiB by default.
    /// </summary>
    public const long SizeMax = 16 << 20;

    /// <summary>Bytes that the members told of themselves and were told.</summary>
    public long Size => Members.Sum(m => (long)m.Assignment.Length + m.Protocols.Sum(p => (long)p.Metadata.Length + p.Name.Length));

    public static Membership Read(BinaryReader reader)
    {
        var (generation, protocolType) = (reader.ReadInt32(), reader.ReadString());
        var (protocol, leaderId) = (ReadNullableString(reader), ReadNullableString(reader));
        var members = new MemberDetails[reader.ReadInt32()];
        for (var i = 0; i < members.Length; i++)
        {
            members[i] = new MemberDetails(
                reader.ReadString(), ReadNullableString(reader), reader.ReadString(), reader.ReadString(),
                TimeSpan.FromTicks(reader.ReadInt64()), TimeSpan.FromTicks(reader.ReadInt64()), ReadProtocols(reader), ReadBytes(reader));
        }

        return new Membership(generation, protocolType, protocol, leaderId, members);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Generation);
        writer.Write(ProtocolType);
        WriteNullableString(writer, Protocol);
        WriteNullableString(writer, LeaderId);
        writer.Write(Members.Count);
        foreach (var member in Members)
        {
            writer.Write(member.Id);
            WriteNullableString(writer, member.InstanceId);
            writer.Write(member.ClientId);
            writer.Write(member.ClientHost);
            writer.Write(member.SessionTimeout.Ticks);
            writer.Write(member.RebalanceTimeout.Ticks);
            writer.Write(member.Protocols.Count);
            foreach (var protocol in member.Protocols)
            {
                writer.Write(protocol.Name);
                WriteBytes(writer, protocol.Metadata);
            }

            WriteBytes(writer, member.Assignment);
        }
    }

    private static GroupProtocol[] ReadProtocols(BinaryReader reader)
    {
        var protocols = new GroupProtocol[reader.ReadInt32()];
        for (var i = 0; i < protocols.Length; i++)
        {
            protocols[i] = new GroupProtocol(reader.ReadString(), ReadBytes(reader));
        }

        return protocols;
    }

    private static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.ReadInt32());

    private static void WriteBytes(BinaryWriter writer, byte[] bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static string? ReadNullableString(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    private static void WriteNullableString(BinaryWriter writer, string? value)
    {
        writer.Write(value is not null);
        if (value is not null)
        {
            writer.Write(value);
        }
    }
}

/// <summary>A member as its group keeps it; <paramref name="InstanceId"/> is the group.instance.id of a static one (KIP-345).</summary>
internal sealed record MemberDetails(
    string Id,
    string? InstanceId,
    string ClientId,
    string ClientHost,
    TimeSpan SessionTimeout,
    TimeSpan RebalanceTimeout,
    IReadOnlyList<GroupProtocol> Protocols,
    byte[] Assignment);

/// <summary>An assignor that a member offers, and what it tells the leader about itself; the broker only carries the bytes.</summary>
internal sealed record GroupProtocol(string Name, byte[] Metadata);
