using System.Net;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StockAspire.Protos.V1;
using StockAspire.ServiceDefaults;

namespace StockAspire.Ingest.Service.Tests.Harness;

/// <summary>The service as Program.cs builds it, in this process, on free ports.</summary>
internal sealed class IngestHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;
    private bool _stopped;

    private IngestHost(WebApplication app, Uri grpc, Uri http)
    {
        _app = app;
        Http = http;
        _channel = GrpcChannel.ForAddress(grpc);
        Client = new IngestService.IngestServiceClient(_channel);
    }

    public IngestService.IngestServiceClient Client { get; }

    public GrpcChannel Channel => _channel;

    public Uri Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="ready">Whether to wait until the service is ready.</param>
    public static async Task<IngestHost> StartAsync(
        string bootstrapServers, IReadOnlyDictionary<string, string?>? settings = null, bool ready = true, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = Directory.CreateTempSubdirectory("ingest").FullName });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:kafka"] = bootstrapServers,
            ["Ingest:Instance"] = "test-" + Guid.NewGuid().ToString("N"),
            ["Logging:LogLevel:Default"] = "Warning",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        builder.AddServiceDefaults();
        builder.AddTickIngest();
        if (time is not null)
        {
            builder.Services.AddSingleton(time);
        }

        var app = builder.Build();
        app.MapTickIngest();
        app.MapDefaultEndpoints();
        await app.StartAsync(TestContext.Current.CancellationToken);
        if (ready)
        {
            await app.Services.GetRequiredService<KafkaStartup>().Ready.WaitAsync(TimeSpan.FromMinutes(2));
        }

        var addresses = app.Urls.ToArray();
        return new IngestHost(app, new Uri(addresses[0]), new Uri(addresses[1]));
    }

    /// <summary>As on SIGTERM.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        await _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        if (!_stopped)
        {
            await _app.StopAsync();
        }

        await _app.DisposeAsync();
    }
}
