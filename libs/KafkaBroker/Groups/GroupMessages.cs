using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Groups;

/// <summary>What JoinGroup asks for. An empty <paramref name="MemberId"/> is a newcomer.</summary>
internal sealed record JoinCommand(
    string MemberId,
    string? InstanceId,
    string ClientId,
    string ClientHost,
    TimeSpan SessionTimeout,
    TimeSpan RebalanceTimeout,
    string ProtocolType,
    IReadOnlyList<GroupProtocol> Protocols,
    bool MustKnowItsId,
    bool CanSkipAssignment);

internal sealed record JoinResult(
    ErrorCode Error,
    string MemberId,
    int Generation = -1,
    string? ProtocolType = null,
    string? Protocol = null,
    string Leader = "",
    bool SkipAssignment = false,
    IReadOnlyList<JoinedMember>? Members = null);

/// <summary>A member as the leader is told of it.</summary>
internal sealed record JoinedMember(string Id, string? InstanceId, byte[] Metadata);

internal sealed record SyncCommand(
    string MemberId, string? InstanceId, int Generation, string? ProtocolType, string? Protocol, IReadOnlyDictionary<string, byte[]> Assignments);

internal sealed record SyncResult(ErrorCode Error, byte[] Assignment, string? ProtocolType = null, string? Protocol = null)
{
    public static SyncResult Failed(ErrorCode error) => new(error, []);
}

internal sealed record GroupDescription(string Id, string State, string ProtocolType, string Protocol, IReadOnlyList<MemberDescription> Members);

internal sealed record MemberDescription(string Id, string? InstanceId, string ClientId, string ClientHost, byte[] Metadata, byte[] Assignment);
