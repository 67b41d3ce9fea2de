using System.Globalization;
using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

/// <summary>The orchestrator's own log goes where its children's goes, under the name <c>apphost</c>.</summary>
internal sealed class RunConsoleLoggerProvider(RunConsole console, TimeProvider time) : ILoggerProvider
{
    internal const string Source = "apphost";

    public ILogger CreateLogger(string categoryName) => new RunConsoleLogger(console, time);

    public void Dispose()
    {
    }

    private sealed class RunConsoleLogger(RunConsole console, TimeProvider time) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var level = logLevel switch
            {
                LogLevel.Information => "info",
                LogLevel.Warning => "warn",
                _ => "fail",
            };
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"{time.GetUtcNow():HH:mm:ss.fff} {level}: {formatter(state, exception)}{(exception is null ? "" : $" {exception}")}");
            console.OwnLog?.Append(text);
            console.WriteLine(Source, text);
        }
    }
}
