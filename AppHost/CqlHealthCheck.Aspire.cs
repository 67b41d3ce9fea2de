using Microsoft.Extensions.Diagnostics.HealthChecks;
using StockAspire.Cql;

namespace StockAspire.AppHost;

/// <summary>
/// Asks Cassandra by CQL. A container that takes connections is not there yet: it listens a while before it answers,
/// and the proxy in front listens always.
/// </summary>
internal sealed class CqlHealthCheck(IValueProvider address) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (await address.GetValueAsync(cancellationToken) is not { } contactPoint)
            return HealthCheckResult.Unhealthy("Cassandra has no address yet.");
        try
        {
            var options = new CqlOptions { ContactPoints = [contactPoint], Consistency = CqlConsistency.LocalOne };
            await using var session = await CqlSession.ConnectAsync(options, cancel: cancellationToken);
            using var result = await session.ExecuteAsync("SELECT release_version FROM system.local", cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"Cassandra at {contactPoint} does not answer CQL.", exception);
        }
    }
}
