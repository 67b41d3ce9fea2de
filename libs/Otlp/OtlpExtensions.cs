using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StockAspire.Otlp.Forwarding;
using StockAspire.Otlp.Receiving;

namespace StockAspire.Otlp;

public static class OtlpExtensions
{
    /// <summary>
    /// Adds <see cref="TelemetryStore"/> and what fills it, with options from <see cref="OtlpOptions.SectionName"/> and
    /// <see cref="TelemetryLimits.SectionName"/>, validated at start.
    /// </summary>
    public static IHostApplicationBuilder AddOtlpReceiver(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<OtlpOptions>().Bind(builder.Configuration.GetSection(OtlpOptions.SectionName)).ValidateOnStart();
        services.AddOptions<TelemetryLimits>().Bind(builder.Configuration.GetSection(TelemetryLimits.SectionName)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<OtlpOptions>, OtlpOptionsValidator>();
        services.AddSingleton<IValidateOptions<TelemetryLimits>, TelemetryLimitsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        // Unknown services would be answered by endpoints that stand before the application's own pages.
        services.AddGrpc(options => options.IgnoreUnknownServices = true).AddServiceOptions<OtlpGrpcService>(options => options.MaxReceiveMessageSize = OtlpOptions.MessageSizeMax);
        services.AddSingleton<IServiceMethodProvider<OtlpGrpcService>, OtlpGrpcService.Methods>();
        services.AddSingleton<TelemetryStore>();
        services.AddSingleton<Forwarder>();
        services.AddSingleton<Intake>();
        services.AddSingleton<ApiKeyGate>();
        services.AddSingleton<OtlpHttpEndpoint>();
        services.AddHostedService(provider => provider.GetRequiredService<Forwarder>());
        services.AddHostedService(provider => provider.GetRequiredService<Intake>());
        return builder;
    }

    /// <summary>Maps OTLP/gRPC, which needs an HTTP/2 endpoint. The header <c>x-otlp-api-key</c> is all that guards it.</summary>
    public static IEndpointConventionBuilder MapOtlpGrpc(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return Guard(app.MapGrpcService<OtlpGrpcService>());
    }

    /// <summary>
    /// Maps OTLP/HTTP: <c>POST /v1/traces</c>, <c>/v1/metrics</c>, <c>/v1/logs</c>. The header <c>x-otlp-api-key</c> is all
    /// that guards them.
    /// </summary>
    public static IEndpointConventionBuilder MapOtlpHttp(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var group = app.MapGroup("/v1");
        foreach (var (path, signal) in new[] { ("/traces", Signal.Traces), ("/metrics", Signal.Metrics), ("/logs", Signal.Logs) })
        {
            group.MapPost(path, (RequestDelegate)(context => context.RequestServices.GetRequiredService<OtlpHttpEndpoint>().ReceiveAsync(signal, context)));
        }

        return Guard(group);
    }

    /// <summary>An application that asks every visitor to log in must not ask exporters.</summary>
    private static IEndpointConventionBuilder Guard<TBuilder>(TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.AllowAnonymous();
        endpoints.Add(endpoint =>
        {
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => context.RequestServices.GetRequiredService<ApiKeyGate>().InvokeAsync(context, next);
        });
        return endpoints;
    }
}
