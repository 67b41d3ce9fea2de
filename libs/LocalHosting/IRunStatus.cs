namespace StockAspire.LocalHosting;

/// <summary>What the AppHost tells about the application as a whole; register one in the builder's services.</summary>
public interface IRunStatus
{
    /// <summary>Commands worth trying next, printed once everything is healthy.</summary>
    IReadOnlyList<string> NextSteps { get; }

    /// <summary>Variables for the dashboard, such as where it asks about the application; read when all ports are known.</summary>
    IReadOnlyDictionary<string, string> DashboardEnvironment => new Dictionary<string, string>();

    /// <summary>One line about now, asked for every second; null: nothing to say yet.</summary>
    ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken);
}
