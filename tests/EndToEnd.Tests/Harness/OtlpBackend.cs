using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StockAspire.Otlp;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>An OTLP/gRPC backend beyond the application, with a key of its own.</summary>
internal sealed class OtlpBackend : IAsyncDisposable
{
    public const string ApiKey = "key-of-the-outer-backend";

    private readonly WebApplication _app;

    private OtlpBackend(WebApplication app) => _app = app;

    public TelemetryStore Received => _app.Services.GetRequiredService<TelemetryStore>();

    public static async Task<OtlpBackend> StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("Dashboard:Otlp:AuthMode", "ApiKey"), new("Dashboard:Otlp:PrimaryApiKey", ApiKey)]);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.AddOtlpReceiver();
        var app = builder.Build();
        app.MapOtlpGrpc();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new OtlpBackend(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
