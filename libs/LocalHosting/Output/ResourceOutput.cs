using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

/// <summary>Where the lines of one instance go: its files, its newest lines in memory, and the terminal. Thread-safe.</summary>
internal sealed partial class ResourceOutput(string name, RotatingLog file, RunConsole console, TimeProvider time, ILogger logger) : IDisposable
{
    internal ConsoleLog Recent { get; } = new();

    internal string FilePath => file.Path;

    internal void Write(string line, bool isError)
    {
        if (file.Append(line) is { } reason)
            LogNotKept(logger, file.Path, reason);
        Recent.Append(line, isError, time.GetUtcNow());
        console.WriteLine(name, line);
    }

    /// <summary>A word of the orchestrator's own between the lines, for whoever reads them in a dashboard.</summary>
    internal void Remark(string text) => Recent.Append($"[{RunConsoleLoggerProvider.Source}] {text}", isError: false, time.GetUtcNow());

    public void Dispose() => file.Dispose();

    [LoggerMessage(2007, LogLevel.Error, "{LogPath} is not written any more ({Reason}); the terminal still shows the output")]
    private static partial void LogNotKept(ILogger logger, string logPath, string reason);
}
