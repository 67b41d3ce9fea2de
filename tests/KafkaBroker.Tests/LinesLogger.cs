using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StockAspire.KafkaBroker.Tests;

/// <summary>Keeps what the broker logs, exceptions included.</summary>
internal sealed class LinesLogger : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public Task UntilAsync(string text) =>
        Eventually.BecomesAsync($"\"{text}\" in the log", () => Text, log => log.Contains(text, StringComparison.Ordinal));

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
