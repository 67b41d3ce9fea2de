using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Tests.Harness;

/// <summary>Answers <c>GET /v1/pipeline:status</c> in Query's JSON with what a test sets; can go away and come back.</summary>
internal sealed class FakeQuery : IAsyncDisposable
{
    private WebApplication? _server;
    private int _port;

    public string Url => $"http://127.0.0.1:{_port}";

    public GetPipelineStatusResponse Status { get; set; } = new();

    public static async Task<FakeQuery> StartAsync(GetPipelineStatusResponse status)
    {
        var query = new FakeQuery { Status = status };
        await query.StartAsync();
        return query;
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        _server = builder.Build();
        _server.MapGet("/v1/pipeline:status", () => Results.Text(JsonFormatter.Default.Format(Status), "application/json"));
        await _server.StartAsync();
        _port = new Uri(_server.Urls.Single()).Port;
    }

    public async Task StopAsync()
    {
        await _server!.DisposeAsync();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await StopAsync();
    }
}
