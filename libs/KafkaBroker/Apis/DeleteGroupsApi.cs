using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// DeleteGroups (42), versions 0-2, flexible from 2.
// Behaviour: forgets groups without members and what they committed; 68 where there are members, 69 where there is no group,
// 16 where the disk refuses, as Kafka does.
// Left out: nothing.
internal sealed class DeleteGroupsApi(GroupCoordinator groups) : ImmediateApi(ApiKey.DeleteGroups, 0, 2, 2)
{
    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var reader = request.Read();
        var names = reader.ReadStringArray();
        response.WriteInt32(BrokerNode.NoThrottle);
        response.WriteArrayLength(names.Length);
        foreach (var name in names)
        {
            response.WriteString(name);
            response.WriteError(groups.Delete(name));
            response.WriteTags();
        }

        response.WriteTags();
    }
}
