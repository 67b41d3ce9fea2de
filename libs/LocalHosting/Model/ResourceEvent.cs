using System.Collections.Immutable;

namespace StockAspire.LocalHosting;

/// <summary>How one replica of a resource is now.</summary>
public sealed class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    public IResource Resource { get; } = resource;

    /// <summary>Of the replica: <c>ingest</c>, <c>ingest-2</c>.</summary>
    public string ResourceId { get; } = resourceId;

    public CustomResourceSnapshot Snapshot { get; } = snapshot;

    internal static ResourceEvent Of(ResourceSnapshot snapshot) =>
        new(snapshot.Resource, snapshot.Name, new CustomResourceSnapshot
        {
            State = new ResourceStateSnapshot(snapshot.State.ToString(), Style: null),
            ExitCode = snapshot.ExitCode,
            Properties = snapshot.Pid is { } pid ? [new ResourcePropertySnapshot(ResourceProperties.Pid, pid)] : [],
        });
}

/// <summary>The part of Aspire's snapshot that tests ask for.</summary>
public sealed record CustomResourceSnapshot
{
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>Of the process that has ended last; null while one runs.</summary>
    public int? ExitCode { get; init; }

    /// <summary><c>executable.pid</c> is there while a process runs.</summary>
    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }
}

/// <param name="Text">Such as <c>Running</c>.</param>
/// <param name="Style">For a dashboard.</param>
public sealed record ResourceStateSnapshot(string Text, string? Style);

public sealed record ResourcePropertySnapshot(string Name, object? Value);
