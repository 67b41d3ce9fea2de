using StockAspire.Ingest.Sources;

namespace StockAspire.Ingest;

/// <summary>On stop: nothing more is taken in, and what was taken in is delivered, sealed and acknowledged, within limits.</summary>
internal sealed class IngestDrain(SessionRegistry sessions, TimeProvider time, ILogger<IngestDrain> logger) : IHostedLifecycleService
{
    /// <summary>Orchestrators kill after 10 s, and the host itself gives all its parts 8 s.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);

    /// <summary>Runs before Kestrel waits for its connections, whose streams wait for these acknowledgements.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Drain, time);
        try
        {
            await sessions.DrainAsync(limit.Token);
            IngestLog.Drained(logger);
        }
        catch (OperationCanceledException)
        {
            IngestLog.NotDrained(logger, (long)Drain.TotalMilliseconds);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
