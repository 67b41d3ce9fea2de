using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// JoinGroup (11), versions 0-9, flexible from 6.
// Behaviour: the classic group protocol; from version 4 a newcomer first gets its id with error 79 (KIP-394); static members from
// version 5 (KIP-345); a returning static leader is told to skip the assignment from version 9.
// Left out: nothing.
internal sealed class JoinGroupApi(GroupCoordinator groups) : KafkaApi(ApiKey.JoinGroup, 0, 9, 6)
{
    public override async ValueTask HandleAsync(KafkaRequest request, ResponseWriter response, CancellationToken cancellationToken)
    {
        var (groupId, command) = Read(request);
        var result = await groups.JoinAsync(groupId, command).WaitAsync(cancellationToken).ConfigureAwait(false);
        Write(request.Version, response, result);
    }

    private static (string GroupId, JoinCommand Command) Read(KafkaRequest request)
    {
        var reader = request.Read();
        var groupId = reader.ReadString();
        var sessionTimeout = TimeSpan.FromMilliseconds(reader.ReadInt32());
        var rebalanceTimeout = request.Version >= 1 ? TimeSpan.FromMilliseconds(Math.Max(0, reader.ReadInt32())) : sessionTimeout;
        var memberId = reader.ReadString();
        var instanceId = request.Version >= 5 ? reader.ReadNullableString() : null;
        var protocolType = reader.ReadString();
        var protocols = new GroupProtocol[reader.ReadArrayLength()];
        for (var i = 0; i < protocols.Length; i++)
        {
            protocols[i] = new GroupProtocol(reader.ReadString(), reader.ReadBytes().ToArray());
            reader.SkipTags();
        }

        return (groupId, new JoinCommand(memberId, instanceId, request.ClientId ?? "", "/" + request.Client.RemoteHost, sessionTimeout,
            rebalanceTimeout, protocolType, protocols, MustKnowItsId: request.Version >= 4, CanSkipAssignment: request.Version >= 9));
    }

    private static void Write(short version, ResponseWriter response, JoinResult result)
    {
        if (version >= 2)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        response.WriteError(result.Error);
        response.WriteInt32(result.Generation);
        if (version >= 7)
        {
            response.WriteNullableString(result.ProtocolType);
            response.WriteNullableString(result.Protocol);
        }
        else
        {
            response.WriteString(result.Protocol ?? "");
        }

        response.WriteString(result.Leader);
        if (version >= 9)
        {
            response.WriteBool(result.SkipAssignment);
        }

        response.WriteString(result.MemberId);
        var members = result.Members ?? [];
        response.WriteArrayLength(members.Count);
        foreach (var member in members)
        {
            response.WriteString(member.Id);
            if (version >= 5)
            {
                response.WriteNullableString(member.InstanceId);
            }

            response.WriteBytes(member.Metadata);
            response.WriteTags();
        }

        response.WriteTags();
    }
}
