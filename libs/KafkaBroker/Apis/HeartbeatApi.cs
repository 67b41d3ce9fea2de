using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// Heartbeat (12), versions 0-4, flexible from 4.
// Behaviour: keeps a member's session; 27 tells it to rejoin, 22 and 25 that the group went on without it, 82 that a static
// member with its instance id has replaced it. Left out: nothing.
internal sealed class HeartbeatApi(GroupCoordinator groups) : ImmediateApi(ApiKey.Heartbeat, 0, 4, 4)
{
    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        var (groupId, generation, memberId) = (reader.ReadString(), reader.ReadInt32(), reader.ReadString());
        var instanceId = request.Version >= 3 ? reader.ReadNullableString() : null;
        if (request.Version >= 1)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        response.WriteError(groups.Find(groupId)?.Heartbeat(memberId, instanceId, generation) ?? ErrorCode.UnknownMemberId);
        response.WriteTags();
    }
}
