using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using StockAspire.ServiceDefaults;
using StockAspire.TickStore;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests;

/// <summary>The service in this process, on ports that the system chooses, with a store that the test holds.</summary>
internal sealed class QueryHost : IAsyncDisposable
{
    /// <summary>Port 9 (discard) of loopback: nobody listens.</summary>
    private const string NoKafka = "127.0.0.1:9";

    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private QueryHost(WebApplication app, FakeTickStore store)
    {
        _app = app;
        Store = store;
        var addresses = app.Urls.ToList();
        _channel = GrpcChannel.ForAddress(addresses[0]);
        Json = new HttpClient { BaseAddress = new Uri(addresses[1]) };
        Query = new Wire.QueryService.QueryServiceClient(_channel);
        Ops = new Wire.OpsService.OpsServiceClient(_channel);
    }

    public FakeTickStore Store { get; }

    public HttpClient Json { get; }

    public ChannelBase Channel => _channel;

    public Wire.QueryService.QueryServiceClient Query { get; }

    public Wire.OpsService.OpsServiceClient Ops { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<QueryHost> StartAsync(FakeTickStore? store = null, string kafka = NoKafka, params (string Key, string Value)[] settings)
    {
        store ??= new FakeTickStore();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:kafka"] = kafka,
            ["ConnectionStrings:tickstore"] = "sqlite:/nowhere/ticks.db",
            ["Kafka:TopicPartitions"] = "4",
            ["Kestrel:Endpoints:grpc:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:grpc:Protocols"] = "Http2",
            ["Kestrel:Endpoints:http:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:http:Protocols"] = "Http1",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.AddServiceDefaults();
        builder.AddTickQueries();
        builder.Services.Replace(ServiceDescriptor.Singleton<ITickStore>(store));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapTickQueries();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new QueryHost(app, store);
    }

    public async Task<List<Market.Tick>> QueryAsync(Wire.QueryTicksRequest request) =>
        [.. (await AnswersAsync(request)).SelectMany(answer => SampleTicks.Read(answer.Block))];

    public async Task<List<Wire.QueryTicksResponse>> AnswersAsync(Wire.QueryTicksRequest request)
    {
        using var call = Query.QueryTicks(request, cancellationToken: TestContext.Current.CancellationToken);
        var answers = new List<Wire.QueryTicksResponse>();
        await foreach (var answer in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            answers.Add(answer);
        }

        return answers;
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        Json.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
