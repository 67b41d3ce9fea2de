using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StockAspire.Query.Pipeline;

/// <summary>
/// Red until the side was reached once, so that nobody asks too early; afterwards only degraded while it is away: the
/// other half of the service still answers, and taking the process out of service would not bring the side back.
/// </summary>
internal sealed class ReachabilityCheck(ReachableSide side) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(side.Problem switch
        {
            null => HealthCheckResult.Healthy(),
            { } problem when side.ReachedOnce => HealthCheckResult.Degraded(problem),
            { } problem => HealthCheckResult.Unhealthy(problem),
        });
}
