using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using StockAspire.Protos.V1;

namespace StockAspire.ServiceDefaults.Tests;

/// <summary>A small Query on a port of its own, which counts what it answers.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Answers _answers;

    private Replica(WebApplication app, Answers answers)
    {
        _app = app;
        _answers = answers;
        Address = app.Address();
    }

    public string Address { get; }

    public int Answered => _answers.Count;

    /// <param name="address">Of one that is gone; null: any free port.</param>
    public static async Task<Replica> StartAsync(string? address = null)
    {
        var answers = new Answers();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, address is null ? 0 : new Uri(address).Port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(answers).AddGrpc();
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<Service>();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Replica(app, answers);
    }

    /// <summary>Nothing listens there any more.</summary>
    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class Answers
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }

    private sealed class Service(Answers answers) : QueryService.QueryServiceBase
    {
        public override Task<GetLatestTicksResponse> GetLatestTicks(GetLatestTicksRequest request, ServerCallContext context)
        {
            answers.Add();
            return Task.FromResult(new GetLatestTicksResponse());
        }

        public override async Task QueryTicks(QueryTicksRequest request, IServerStreamWriter<QueryTicksResponse> responseStream, ServerCallContext context)
        {
            answers.Add();
            await responseStream.WriteAsync(new QueryTicksResponse());
        }
    }
}
