using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// SyncGroup (14), versions 0-5, flexible from 4.
// Behaviour: carries the leader's assignments to the members, who wait for them. Left out: nothing.
internal sealed class SyncGroupApi(GroupCoordinator groups) : KafkaApi(ApiKey.SyncGroup, 0, 5, 4)
{
    public override async ValueTask HandleAsync(KafkaRequest request, ResponseWriter response, CancellationToken cancellationToken)
    {
        var (groupId, command) = Read(request);
        var result = groups.Find(groupId) is { } group
            ? await group.SyncAsync(command).WaitAsync(cancellationToken).ConfigureAwait(false)
            : SyncResult.Failed(ErrorCode.UnknownMemberId);
        if (request.Version >= 1)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        response.WriteError(result.Error);
        if (request.Version >= 5)
        {
            response.WriteNullableString(result.ProtocolType);
            response.WriteNullableString(result.Protocol);
        }

        response.WriteBytes(result.Assignment);
        response.WriteTags();
    }

    private static (string GroupId, SyncCommand Command) Read(KafkaRequest request)
    {
        var reader = request.Read();
        var (groupId, generation, memberId) = (reader.ReadString(), reader.ReadInt32(), reader.ReadString());
        var instanceId = request.Version >= 3 ? reader.ReadNullableString() : null;
        var (protocolType, protocol) = request.Version >= 5 ? (reader.ReadNullableString(), reader.ReadNullableString()) : (null, null);
        var assignments = new Dictionary<string, byte[]>();
        for (var i = reader.ReadArrayLength(); i > 0; i--)
        {
            assignments[reader.ReadString()] = reader.ReadBytes().ToArray();
            reader.SkipTags();
        }

        return (groupId, new SyncCommand(memberId, instanceId, generation, protocolType, protocol, assignments));
    }
}
