using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StockAspire.Sink;

/// <summary>Unhealthy until partitions have been assigned once; degraded, since nothing is lost, while the store is away.</summary>
internal sealed class SinkHealthCheck(SinkStatus status) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((status.WaitingFor, status.StoreFault) switch
        {
            ({ } what, _) => HealthCheckResult.Unhealthy($"waiting for {what}"),
            (null, { } fault) => HealthCheckResult.Degraded($"the store takes no rows: {fault}"),
            _ => HealthCheckResult.Healthy(),
        });
}
