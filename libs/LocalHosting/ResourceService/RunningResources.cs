namespace StockAspire.LocalHosting;

/// <summary>What can be seen of the running application, and done to it, from outside. Thread-safe.</summary>
internal sealed class RunningResources(ResourceBoard board, IReadOnlyList<ResourceSupervisor> supervisors)
{
    /// <summary>Of what is not run here: there is no output, and there never will be.</summary>
    private static readonly ConsoleLog Silence = new();

    internal ResourceBoard Board { get; } = board;

    /// <summary>Null: there is no such resource.</summary>
    internal ConsoleLog? LogOf(string name) =>
        Find(name)?.Recent ?? (Board.Snapshot().Any(resource => resource.Name == name) ? Silence : null);

    /// <summary>Null once it is carried out, else why it is not.</summary>
    internal async Task<string?> ExecuteAsync(string name, string command, CancellationToken cancellationToken)
    {
        if (KnownResourceCommands.Find(command) is not { } kind)
            return $"'{command}' is no command; there are {string.Join(", ", KnownResourceCommands.All)}";
        return Find(name) is { } supervisor
            ? await supervisor.ExecuteAsync(kind, cancellationToken)
            : $"there is no process of the name '{name}'";
    }

    private ResourceSupervisor? Find(string name) => supervisors.FirstOrDefault(supervisor => supervisor.Instance.Name == name);
}
