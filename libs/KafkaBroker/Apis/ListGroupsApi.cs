using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// ListGroups (16), versions 0-5, flexible from 3, filters by state from 4 and by type from 5.
// Behaviour: every group with members or offsets; all are of type "classic". Left out: nothing.
internal sealed class ListGroupsApi(GroupCoordinator groups) : ImmediateApi(ApiKey.ListGroups, 0, 5, 3)
{
    private const string ClassicType = "classic";

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var version = request.Version;
        var reader = request.Read();
        var states = version >= 4 ? reader.ReadStringArray() : [];
        var types = version >= 5 ? reader.ReadStringArray() : [];
        var listed = groups.DescribeAll()
            .Where(g => states.Length == 0 || states.Contains(g.State, StringComparer.OrdinalIgnoreCase))
            .Where(_ => types.Length == 0 || types.Contains(ClassicType, StringComparer.OrdinalIgnoreCase))
            .ToArray();
        if (version >= 1)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        response.WriteError(ErrorCode.None);
        response.WriteArrayLength(listed.Length);
        foreach (var group in listed)
        {
            response.WriteString(group.Id);
            response.WriteString(group.ProtocolType);
            if (version >= 4)
            {
                response.WriteString(group.State);
            }

            if (version >= 5)
            {
                response.WriteString(ClassicType);
            }

            response.WriteTags();
        }

        response.WriteTags();
    }
}
