using System.Net;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using StockAspire.Protos.V1;

namespace StockAspire.ServiceDefaults.Tests;

public sealed class ResilienceTests
{
    [Fact]
    public async Task AClient_RetriesAServerError_AndAGrpcClientDoesNot()
    {
        var builder = ServiceFixture.CreateBuilder();
        builder.Services.ConfigureHttpClientDefaults(http =>
            http.ConfigurePrimaryHttpMessageHandler(() => new FailOnce()));
        builder.Services.AddHttpClient("json");
        builder.Services.AddGrpcClient<QueryService.QueryServiceClient>(client => client.Address = new Uri("http://127.0.0.1")).ForGrpc();
        await using var app = builder.Build();
        var clients = app.Services.GetRequiredService<IHttpClientFactory>();
        var grpc = app.Services.GetRequiredService<QueryService.QueryServiceClient>();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(clients.CreateClient("json")));
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            grpc.GetLatestTicksAsync(new GetLatestTicksRequest(), cancellationToken: TestContext.Current.CancellationToken).ResponseAsync);
        Assert.Contains("500", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceDiscovery_ResolvesANamedEndpoint_FromTheEnvironmentOfTheOrchestrator()
    {
        var builder = ServiceFixture.CreateBuilder(
            ("services:query:http:0", "http://127.0.0.1:5201"), ("services:query:grpc:0", "http://127.0.0.1:5202"));
        Uri? asked = null;
        builder.Services.ConfigureHttpClientDefaults(http =>
            http.ConfigurePrimaryHttpMessageHandler(() => new Recorder(uri => asked = uri)));
        await using var app = builder.Build();
        var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("any");

        using var named = await client.GetAsync(new Uri("http://_grpc.query/x"), TestContext.Current.CancellationToken);
        Assert.Equal("http://127.0.0.1:5202/x", asked?.ToString());

        using var plain = await client.GetAsync(new Uri("http://query/x"), TestContext.Current.CancellationToken);
        Assert.Equal("http://127.0.0.1:5201/x", asked?.ToString());
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var response = await client.GetAsync(new Uri("http://127.0.0.1/"), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private sealed class FailOnce : HttpMessageHandler
    {
        private int _calls;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(Interlocked.Increment(ref _calls) == 1 ? HttpStatusCode.InternalServerError : HttpStatusCode.OK)
            {
                Version = request.Version,
            });
    }

    private sealed class Recorder(Action<Uri?> record) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            record(request.RequestUri);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }
}
