namespace StockAspire.LocalHosting;

/// <summary>One thing that a first start waits for.</summary>
/// <param name="What">In words: <c>kafka to be healthy</c>.</param>
/// <param name="Came">Null when it has come; a reason when it never will.</param>
internal sealed record StartCondition(string What, Task<string?> Came);

/// <summary>What holds the first start of an instance back.</summary>
internal static class StartGate
{
    /// <summary>All that the resource's <c>WaitFor...</c> ask for; of a resource that is not run here nothing is.</summary>
    internal static IReadOnlyList<StartCondition> ConditionsOf(IResource resource, IReadOnlyList<ResourceSupervisor> supervisors) =>
        [.. resource.Annotations.OfType<WaitAnnotation>().SelectMany(wait =>
            supervisors.Where(other => other.Instance.Resource == wait.Resource).Select(other => ConditionOf(wait, other)))];

    /// <summary>Null when every condition has come; the reason as soon as one never will.</summary>
    /// <param name="conditions">All of them.</param>
    /// <param name="waits">Told what is still waited for, now and at each change.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    internal static async Task<string?> WaitAsync(
        IReadOnlyList<StartCondition> conditions, Action<string> waits, CancellationToken cancellationToken)
    {
        var pending = conditions.ToList();
        while (pending.Count > 0)
        {
            waits($"waits for {string.Join(", ", pending.Select(condition => condition.What))}");
            var came = await Task.WhenAny(pending.Select(condition => condition.Came)).WaitAsync(cancellationToken);
            if (await came is { } reason)
                return reason;
            pending.RemoveAll(condition => condition.Came.IsCompletedSuccessfully && condition.Came.Result is null);
        }
        return null;
    }

    private static StartCondition ConditionOf(WaitAnnotation wait, ResourceSupervisor other)
    {
        var name = other.Instance.Name;
        var byHand = other.StartsByHand ? ", which is started by hand" : "";
        return wait.Type switch
        {
            WaitType.UntilStarted => new StartCondition($"{name} to start{byHand}", WithoutReason(other.Started)),
            WaitType.ForCompletion => new StartCondition($"{name} to complete{byHand}", CompletesAsync(other, wait.ExitCode)),
            _ => new StartCondition($"{name} to be healthy{byHand}", WithoutReason(other.Healthy)),
        };
    }

    private static async Task<string?> CompletesAsync(ResourceSupervisor other, int exitCode)
    {
        var end = await other.Completed;
        return end.ExitCode == exitCode ? null : $"waited for {other.Instance.Name} to end with exit code {exitCode}, but it {end.Reason}";
    }

    private static async Task<string?> WithoutReason(Task task)
    {
        await task;
        return null;
    }
}
