using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace StockAspire.LocalHosting;

/// <summary>
/// Serves <see cref="ResourceService"/> on loopback, HTTP/2 without TLS. A web application of its own: nothing of the
/// AppHost's configuration or environment reaches it.
/// </summary>
internal sealed class ResourceServiceHost : IAsyncDisposable
{
    /// <summary>Its port is <c>AppHost:Endpoints:apphost:grpc</c>; without it, any free one.</summary>
    internal static readonly string PortKey = AppHostSettings.EndpointKey(RunConsoleLoggerProvider.Source, "grpc");

    private const int ConnectionsMax = 64;
    private const int RequestSizeMax = 64 << 10;

    /// <summary>Of one watcher, below the HTTP/2 window: a message or two of a dashboard that does not read.</summary>
    private const int ResponseBufferSizeMax = 128 << 10;

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;

    private ResourceServiceHost(WebApplication app, string apiKey)
    {
        _app = app;
        ApiKey = apiKey;
        Url = app.Urls.Single();
    }

    internal string Url { get; }

    internal string ApiKey { get; }

    /// <exception cref="DistributedApplicationException">The port is taken.</exception>
    internal static async Task<ResourceServiceHost> StartAsync(
        RunningResources resources, ApplicationName name, int port, string apiKey, ILoggerProvider logs, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
            kestrel.Limits.MaxResponseBufferSize = ResponseBufferSizeMax;
            kestrel.Limits.Http2.KeepAlivePingDelay = KeepAlive;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddProvider(logs);
        builder.Services.AddSingleton(resources);
        builder.Services.AddSingleton(name);

        // Signals are the orchestrator's: this ends when everything else has.
        builder.Services.AddSingleton<IHostLifetime, GuestLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopGrace);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = RequestSizeMax;
            grpc.Interceptors.Add<ApiKeyInterceptor>(apiKey);
        });
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<ResourceService>();
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException exception)
        {
            await app.DisposeAsync();
            throw new DistributedApplicationException(string.Create(
                CultureInfo.InvariantCulture,
                $"Port {port} on 127.0.0.1, for the resource service of the dashboard, cannot be used: {exception.Message} Set {PortKey} to another, or leave it out."));
        }
        return new ResourceServiceHost(app, apiKey);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
