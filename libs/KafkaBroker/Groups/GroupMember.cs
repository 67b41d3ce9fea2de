namespace StockAspire.KafkaBroker.Groups;

/// <summary>One member of a group; guarded by the group's lock.</summary>
internal sealed class GroupMember
{
    public required string Id { get; init; }

    /// <summary>group.instance.id of a static member (KIP-345).</summary>
    public required string? InstanceId { get; init; }

    public required string ClientId { get; init; }

    public required string ClientHost { get; init; }

    public required TimeSpan SessionTimeout { get; set; }

    public required TimeSpan RebalanceTimeout { get; set; }

    public required IReadOnlyList<GroupProtocol> Protocols { get; set; }

    public byte[] Assignment { get; set; } = [];

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

/// <summary>An assignor that a member offers, and what it tells the leader about itself; the broker only carries the bytes.</summary>
internal sealed record GroupProtocol(string Name, byte[] Metadata);
