using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StockAspire.Cli.Tests.Fakes;

/// <summary>Ingest, Query and Ops on one real HTTP/2 port of loopback; what each answers is the test's to say.</summary>
public sealed class FakePipeline : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakePipeline(WebApplication app) => _app = app;

    public FakeQuery Query { get; private init; } = null!;

    public FakeOps Ops { get; private init; } = null!;

    public FakeIngest Ingest { get; private init; } = null!;

    public string Address { get; private set; } = null!;

    public static async Task<FakePipeline> StartAsync(int port = 0, FakeIngest? ingest = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            System.Net.IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = 1024 * 1024);
        builder.Services.AddSingleton<FakeQuery>().AddSingleton<FakeOps>().AddSingleton(ingest ?? new FakeIngest());
        var app = builder.Build();
        app.MapGrpcService<FakeQuery>();
        app.MapGrpcService<FakeOps>();
        app.MapGrpcService<FakeIngest>();
        await app.StartAsync();
        return new FakePipeline(app)
        {
            Query = app.Services.GetRequiredService<FakeQuery>(),
            Ops = app.Services.GetRequiredService<FakeOps>(),
            Ingest = app.Services.GetRequiredService<FakeIngest>(),
            Address = app.Urls.Single(),
        };
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
