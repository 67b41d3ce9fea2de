namespace StockAspire.KafkaBroker.Groups;

/// <summary>What the file says of one group; guarded by the store's lock.</summary>
internal sealed class StoredGroup
{
    public Dictionary<(string Topic, int Partition), CommittedOffset> Offsets { get; } = [];

    /// <summary>When it was first seen without members, in ms since the Unix epoch; null while it has some, or no offsets to age.</summary>
    public long? EmptySinceMs { get; set; }

    public Membership? Membership { get; set; }

    public bool HasMembers => Membership is { Members.Count: > 0 };

    public bool IsGone => Offsets.Count == 0 && Membership is null;

    /// <summary>All of it, as entries of the file.</summary>
    public IEnumerable<GroupEntry> Entries(string name)
    {
        foreach (var (key, offset) in Offsets)
        {
            yield return new OffsetEntry(name, key.Topic, key.Partition, offset);
        }

        if (EmptySinceMs is not null)
        {
            yield return new EmptySinceEntry(name, EmptySinceMs);
        }

        if (Membership is not null)
        {
            yield return new MembershipEntry(name, Membership);
        }
    }

    public void Apply(GroupEntry entry)
    {
        switch (entry)
        {
            case OffsetEntry { Offset: { } offset } committed:
                Offsets[(committed.Topic, committed.Partition)] = offset;
                break;
            case OffsetEntry deleted:
                Offsets.Remove((deleted.Topic, deleted.Partition));
                break;
            case EmptySinceEntry { SinceMs: var since }:
                EmptySinceMs = since;
                break;
            case MembershipEntry { Membership: var membership }:
                Membership = membership;
                break;
        }

        if (Offsets.Count == 0)
        {
            // The file may still say since when it was empty: a later commit under this name counts from itself on.
            EmptySinceMs = null;
        }
    }
}
