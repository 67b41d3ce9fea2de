using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StockAspire.Ingest.Sources;
using StockAspire.TickStream;

namespace StockAspire.Ingest;

/// <summary>
/// Waits for Kafka for as long as it takes, makes the topics and reads what is sealed. Until then the service is not ready,
/// and no stream is opened.
/// </summary>
internal sealed class KafkaStartup(
    TopicSetup topics, SealIndex seals, SourceCatalog catalog, TimeProvider time, ILogger<KafkaStartup> logger) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _waitingFor = "Kafka";

    /// <summary>Ends once streams may be opened.</summary>
    public Task Ready => _ready.Task;

    /// <exception cref="Grpc.Core.RpcException">UNAVAILABLE KAFKA_DOWN: not ready yet.</exception>
    public void ThrowIfNotReady()
    {
        if (!_ready.Task.IsCompletedSuccessfully)
        {
            throw IngestErrors.KafkaDown("waiting for " + _waitingFor);
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_ready.Task.IsCompletedSuccessfully
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("waiting for " + _waitingFor));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await RetryAsync(topics.EnsureAsync, stoppingToken);
        _waitingFor = "the seals to be read";
        seals.Start();
        catalog.Start();
        await RetryAsync(seals.CaughtUpAsync, stoppingToken);
        await RetryAsync(catalog.CaughtUpAsync, stoppingToken);
        IngestLog.Ready(logger);
        _ready.TrySetResult();
    }

    private async Task RetryAsync(Func<CancellationToken, Task> attempt, CancellationToken cancellationToken)
    {
        var delay = DelayMin;
        while (true)
        {
            try
            {
                await attempt(cancellationToken);
                return;
            }
            catch (KafkaException exception)
            {
                _waitingFor = "Kafka: " + exception.Error.Reason;
                IngestLog.WaitingForKafka(logger, exception.Error.Reason, (long)delay.TotalMilliseconds);
            }

            await Task.Delay(delay, time, cancellationToken);
            delay = delay * 2 < DelayMax ? delay * 2 : DelayMax;
        }
    }
}
