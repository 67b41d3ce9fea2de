using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace StockAspire.ServiceDefaults;

/// <summary>What every service of StockAspire has in common; the same parts as Aspire's ServiceDefaults template.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// The whole drain of a service after SIGTERM. Orchestrators kill 10 s after they have asked, and a drain that is
    /// cut short by the host still flushes logs and traces, where a killed one does not.
    /// </summary>
    internal static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(8);

    /// <summary>
    /// Telemetry (<see cref="TelemetryExtensions"/>), health checks (<see cref="HealthExtensions"/>), service
    /// discovery, and the standard resilience handler on every HTTP client. A gRPC client made by the client factory
    /// must take that handler off with <see cref="GrpcClientExtensions.ForGrpc"/>.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddTelemetry();
        builder.AddHealth();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>Maps <c>/health</c> (ready: all checks) and <c>/alive</c> (checks tagged <c>live</c>).</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealth();
        return app;
    }
}
