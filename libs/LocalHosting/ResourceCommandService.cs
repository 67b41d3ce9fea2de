namespace StockAspire.LocalHosting;

/// <summary>Gives resources of an application that has started the commands that a person gives in the dashboard.</summary>
public sealed class ResourceCommandService
{
    private readonly Orchestrator _orchestrator;

    internal ResourceCommandService(Orchestrator orchestrator) => _orchestrator = orchestrator;

    /// <summary>Returns once the command is carried out, or refused.</summary>
    /// <param name="resourceId">Of one replica, such as <c>ingest-2</c>; the first one's is the resource's name.</param>
    /// <param name="commandName">One of <see cref="KnownResourceCommands"/>.</param>
    /// <param name="cancellationToken">Ends the waiting, not the command.</param>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        var refusal = await _orchestrator.Running.ExecuteAsync(resourceId, commandName, cancellationToken);
        return new ExecuteCommandResult { Success = refusal is null, Message = refusal };
    }
}

public sealed class ExecuteCommandResult
{
    public required bool Success { get; init; }

    /// <summary>Why it was not carried out.</summary>
    public string? Message { get; init; }
}
