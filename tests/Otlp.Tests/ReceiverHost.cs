using System.Net;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StockAspire.Otlp.Receiving;

namespace StockAspire.Otlp.Tests;

/// <summary>A receiver as an application has it, on two free ports of the loopback interface.</summary>
internal sealed class ReceiverHost : IAsyncDisposable
{
    public const string ApiKey = "the key of these tests";

    private readonly WebApplication _app;

    private ReceiverHost(WebApplication app)
    {
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        Grpc = new Uri(addresses[0]);
        Http = new Uri(addresses[1]);
    }

    public Uri Grpc { get; }

    public Uri Http { get; }

    public TelemetryStore Store => _app.Services.GetRequiredService<TelemetryStore>();

    public Intake Intake => _app.Services.GetRequiredService<Intake>();

    /// <param name="settings">As in configuration, such as <c>Dashboard:Otlp:ForwardTo</c>; the API key is set already.</param>
    public static Task<ReceiverHost> StartAsync(params (string Key, string Value)[] settings) => StartAsync(0, settings);

    /// <param name="grpcPort">0 is any free one.</param>
    /// <param name="settings">As above.</param>
    public static async Task<ReceiverHost> StartAsync(int grpcPort, params (string Key, string Value)[] settings)
    {
        var app = Build(grpcPort, settings);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ReceiverHost(app);
    }

    public static WebApplication Build(params (string Key, string Value)[] settings) => Build(0, settings);

    private static WebApplication Build(int grpcPort, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("Dashboard:Otlp:AuthMode", "ApiKey"), new("Dashboard:Otlp:PrimaryApiKey", ApiKey)]);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, grpcPort, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.AddOtlpReceiver();
        var app = builder.Build();
        app.MapOtlpGrpc();
        app.MapOtlpHttp();
        return app;
    }

    public GrpcChannel Channel() => GrpcChannel.ForAddress(Grpc, new GrpcChannelOptions { MaxSendMessageSize = 64 << 20 });

    /// <summary>With the API key among its headers.</summary>
    public HttpClient HttpClient()
    {
        var client = new HttpClient { BaseAddress = Http };
        client.DefaultRequestHeaders.Add(ApiKeyGate.Header, ApiKey);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
