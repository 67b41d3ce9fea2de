using StockAspire.KafkaBroker.Groups;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// DescribeGroups (15), versions 0-5, flexible from 5.
// Behaviour: state, members and their assignments; a group that is not known is "Dead", as Kafka says up to version 5.
// Left out: authorized operations (no ACLs here).
internal sealed class DescribeGroupsApi(GroupCoordinator groups) : ImmediateApi(ApiKey.DescribeGroups, 0, 5, 5)
{
    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        var version = request.Version;
        var reader = request.Read();
        var names = reader.ReadStringArray();
        if (version >= 1)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        response.WriteArrayLength(names.Length);
        foreach (var name in names)
        {
            var group = groups.Describe(name) ?? new GroupDescription(name, "Dead", "", "", []);
            response.WriteError(ErrorCode.None);
            response.WriteString(group.Id);
            response.WriteString(group.State);
            response.WriteString(group.ProtocolType);
            response.WriteString(group.Protocol);
            response.WriteArrayLength(group.Members.Count);
            foreach (var member in group.Members)
            {
                WriteMember(version, response, member);
            }

            if (version >= 3)
            {
                response.WriteInt32(BrokerNode.NoAuthorizedOperations);
            }

            response.WriteTags();
        }

        response.WriteTags();
    }

    private static void WriteMember(short version, ResponseWriter response, MemberDescription member)
    {
        response.WriteString(member.Id);
        if (version >= 4)
        {
            response.WriteNullableString(member.InstanceId);
        }

        response.WriteString(member.ClientId);
        response.WriteString(member.ClientHost);
        response.WriteBytes(member.Metadata);
        response.WriteBytes(member.Assignment);
        response.WriteTags();
    }
}
