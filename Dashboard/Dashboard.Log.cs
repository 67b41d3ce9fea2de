namespace StockAspire.Dashboard;

/// <summary>What this process says about itself; the event ids of the dashboard are 11000 to 11999.</summary>
internal static partial class DashboardLog
{
    [LoggerMessage(11000, LogLevel.Information, "Dashboard on {Urls}")]
    public static partial void Listening(ILogger logger, string urls);

    [LoggerMessage(11001, LogLevel.Warning, "Dashboard:Frontend:AllowRemote is set: others can reach this dashboard, and what they send and see is not encrypted")]
    public static partial void Remote(ILogger logger);

    [LoggerMessage(11002, LogLevel.Warning, "Dashboard:Frontend:AuthMode is Unsecured: everyone who reaches the port is let in")]
    public static partial void Unsecured(ILogger logger);

    [LoggerMessage(11003, LogLevel.Information, "Connected to the resource service at {Url}")]
    public static partial void ResourceServiceConnected(ILogger logger, string url);

    [LoggerMessage(11004, LogLevel.Warning, "No connection to the resource service at {Url}: {Reason}. Trying again for as long as it takes")]
    public static partial void ResourceServiceLost(ILogger logger, string url, string reason);

    [LoggerMessage(11005, LogLevel.Information, "Command {Command} on {Resource}: {Outcome}")]
    public static partial void CommandRun(ILogger logger, string command, string resource, string outcome);

    [LoggerMessage(11006, LogLevel.Information, "Query answers about the pipeline")]
    public static partial void PipelineReached(ILogger logger);

    [LoggerMessage(11007, LogLevel.Warning, "Query does not answer about the pipeline: {Reason}. Asking again each second")]
    public static partial void PipelineLost(ILogger logger, string reason);

    [LoggerMessage(11008, LogLevel.Warning, "Dashboard:Otlp:AllowRemote is set: others can reach the OTLP ports, and what they send, the API key included, is not encrypted")]
    public static partial void OtlpRemote(ILogger logger);
}
