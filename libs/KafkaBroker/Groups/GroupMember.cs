namespace StockAspire.KafkaBroker.Groups;

/// <summary>One member of a group, what is kept of it and what it waits for; guarded by the group's lock.</summary>
internal sealed class GroupMember(MemberDetails details)
{
    public MemberDetails Details { get; set; } = details;

    public string Id => Details.Id;

    public string? InstanceId => Details.InstanceId;

    public TimeSpan RebalanceTimeout => Details.RebalanceTimeout;

    public IReadOnlyList<GroupProtocol> Protocols => Details.Protocols;

    /// <summary>When the member is taken for dead, on the group's clock, unless it waits for an answer.</summary>
    public TimeSpan Deadline { get; set; }

    public TaskCompletionSource<JoinResult>? Joining { get; set; }

    public TaskCompletionSource<SyncResult>? Syncing { get; set; }

    /// <summary>Whether it knows of the generation and has not asked for its assignment yet; who never does is put out after a while.</summary>
    public bool OwesSync { get; set; }

    public bool IsWaiting => Joining is not null || Syncing is not null;

    public byte[] MetadataOf(string? protocol) => Protocols.FirstOrDefault(p => p.Name == protocol)?.Metadata ?? [];

    public bool HasSameProtocols(IReadOnlyList<GroupProtocol> others) =>
        Protocols.Count == others.Count && Protocols.Zip(others).All(p => p.First.Name == p.Second.Name && p.First.Metadata.AsSpan().SequenceEqual(p.Second.Metadata));
}
