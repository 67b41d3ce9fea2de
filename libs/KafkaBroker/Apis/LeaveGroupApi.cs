using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// LeaveGroup (13), versions 0-5, flexible from 4, several members at once from 3 (an administrator removes static members by
// instance id alone).
// Behaviour: takes members out, and the rest of the group rebalances. Left out: the reasons of version 5 are not logged.
internal sealed class LeaveGroupApi(GroupCoordinator groups) : ImmediateApi(ApiKey.LeaveGroup, 0, 5, 4)
{
    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        var group = groups.Find(reader.ReadString());
        if (request.Version >= 1)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        if (request.Version < 3)
        {
            response.WriteError(group?.Leave(reader.ReadString(), null) ?? ErrorCode.UnknownMemberId);
            return;
        }

        response.WriteError(ErrorCode.None);
        var count = reader.ReadArrayLength();
        response.WriteArrayLength(count);
        for (var i = 0; i < count; i++)
        {
            var (memberId, instanceId) = (reader.ReadString(), reader.ReadNullableString());
            if (request.Version >= 5)
            {
                _ = reader.ReadNullableString(); // reason
            }

            reader.SkipTags();
            response.WriteString(memberId);
            response.WriteNullableString(instanceId);
            response.WriteError(group?.Leave(memberId, instanceId) ?? ErrorCode.UnknownMemberId);
            response.WriteTags();
        }

        response.WriteTags();
    }
}
