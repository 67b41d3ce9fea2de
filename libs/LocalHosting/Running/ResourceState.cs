namespace StockAspire.LocalHosting;

/// <summary>Where an instance stands; the names are Aspire's, which dashboards know.</summary>
internal enum ResourceState
{
    /// <summary>Starts by a command alone.</summary>
    NotStarted,

    /// <summary>For others, as its reason says.</summary>
    Waiting,

    Starting,

    /// <summary>Its process runs; whether it works is its health.</summary>
    Running,

    /// <summary>Has been asked to end, and drains.</summary>
    Stopping,

    /// <summary>Ended unasked, or not with the exit code that was wanted; its reason says whether it starts again.</summary>
    Exited,

    /// <summary>Ended as it was meant to: told to stop, or a task that is done.</summary>
    Finished,

    /// <summary>There never was a process: no such executable, or what it waited for came to a wrong end.</summary>
    FailedToStart,

    /// <summary>Not a process of this application.</summary>
    Active,
}
