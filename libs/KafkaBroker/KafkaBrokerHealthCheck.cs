using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StockAspire.KafkaBroker;

/// <summary>The health of a broker in this process: <c>services.AddHealthChecks().AddCheck("kafka-broker", new KafkaBrokerHealthCheck(broker))</c>.</summary>
public sealed class KafkaBrokerHealthCheck(KafkaBrokerServer broker) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(broker.FindProblem() is { } problem ? HealthCheckResult.Unhealthy(problem) : HealthCheckResult.Healthy());
}
