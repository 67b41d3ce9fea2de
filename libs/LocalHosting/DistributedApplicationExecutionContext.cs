namespace StockAspire.LocalHosting;

public enum DistributedApplicationOperation
{
    /// <summary>Starts everything.</summary>
    Run = 0,

    /// <summary>Starts nothing and writes the deployment manifest.</summary>
    Publish = 1,
}

/// <summary>What the AppHost was started for.</summary>
public sealed class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    public DistributedApplicationOperation Operation { get; } = operation;

    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;
}
