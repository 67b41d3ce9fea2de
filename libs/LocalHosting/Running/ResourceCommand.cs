namespace StockAspire.LocalHosting;

internal enum ResourceCommandKind
{
    /// <summary>Now, whatever it waits for.</summary>
    Start,

    /// <summary>With a drain, and without a start after it.</summary>
    Stop,

    /// <summary>Stop, where it runs, and start.</summary>
    Restart,
}

/// <summary>Given by a person to one instance. Answered once, with null when it is carried out or else with why not.</summary>
internal sealed class ResourceCommand(ResourceCommandKind kind)
{
    private readonly TaskCompletionSource<string?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ResourceCommandKind Kind { get; } = kind;

    internal Task<string?> Answer => _answer.Task;

    internal void Done() => _answer.TrySetResult(null);

    internal void Refuse(string reason) => _answer.TrySetResult(reason);
}
