namespace StockAspire.LocalHosting;

/// <summary>All that is known of one resource at one time. A replica is a resource of its own.</summary>
/// <param name="Resource">As the application describes it.</param>
/// <param name="Instance">Its process; null for what is not run here.</param>
/// <param name="CreatedAt">When the application started.</param>
internal sealed record ResourceSnapshot(IResource Resource, ResourceInstance? Instance, DateTimeOffset CreatedAt)
{
    internal string Name => Instance?.Name ?? Resource.Name;

    internal ResourceState State { get; init; } = ResourceState.Active;

    /// <summary>Why it is in this state, in words; null where the state says it all.</summary>
    internal string? Reason { get; init; }

    /// <summary>Of the process that runs.</summary>
    internal int? Pid { get; init; }

    /// <summary>Of the process that has ended last; null while one runs. 128 + the signal's number where a signal ended it.</summary>
    internal int? ExitCode { get; init; }

    /// <summary>Of the latest process.</summary>
    internal DateTimeOffset? StartedAt { get; init; }

    internal DateTimeOffset? StoppedAt { get; init; }

    /// <summary>How often it was started again after it had ended by itself.</summary>
    internal int Restarts { get; init; }

    /// <summary>When it is started again by itself; null where it is not.</summary>
    internal DateTimeOffset? RestartsAt { get; init; }

    /// <summary>Null where nothing is checked or nothing runs.</summary>
    internal ResourceHealth? Health { get; init; }

    internal ProcessCommand? Command { get; init; }

    /// <summary>Of the latest process.</summary>
    internal LaunchPlan Plan { get; init; } = LaunchPlan.Empty;
}

/// <param name="Check">What is asked, such as <c>GET /health on http</c>.</param>
/// <param name="IsHealthy">Null: not asked yet.</param>
/// <param name="Reason">Why not.</param>
/// <param name="ChangedAt">When it came to be so.</param>
internal sealed record ResourceHealth(string Check, bool? IsHealthy, string? Reason, DateTimeOffset? ChangedAt);
