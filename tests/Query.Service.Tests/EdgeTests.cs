using System.Net;
using System.Text.Json;
using Grpc.Health.V1;
using Grpc.Reflection.V1Alpha;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests;

/// <summary>JSON over HTTP, reflection and health.</summary>
public sealed class EdgeTests
{
    [Fact]
    public async Task Json_StreamsTheSameBlocks_OneObjectALine()
    {
        await using var host = await QueryHost.StartAsync(settings: ("Query:BlockTicks", "4"));
        host.Store.Put(SampleTicks.Random(1, 10, ["SPY"]));

        var text = await host.Json.GetStringAsync(
            Uri($"/v1/ticks?symbols=SPY&startNs={SampleTicks.Start}&endNs={SampleTicks.Start + 1_000}"), TestContext.Current.CancellationToken);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var answers = lines.Select(line => Wire.QueryTicksResponse.Parser.ParseJson(line)).ToList();
        Assert.Equal([4, 4, 2], answers.Select(answer => answer.Block.SequenceDelta.Count));
        Assert.Equal(
            await host.QueryAsync(new Wire.QueryTicksRequest { Symbols = { "SPY" }, StartNs = SampleTicks.Start, EndNs = SampleTicks.Start + 1_000 }),
            answers.SelectMany(answer => SampleTicks.Read(answer.Block)));
    }

    [Fact]
    public async Task Json_UnaryCalls_AnswerOnTheirRoutes()
    {
        await using var host = await QueryHost.StartAsync();
        host.Store.Put(SampleTicks.Of("SPY", SampleTicks.Start, 18_446_744_073_709_551_615));

        var latest = await host.Json.GetStringAsync(Uri("/v1/ticks:latest?symbols=SPY&symbols=NONE"), TestContext.Current.CancellationToken);
        var symbols = await host.Json.GetStringAsync(Uri("/v1/symbols?pageSize=1"), TestContext.Current.CancellationToken);
        var status = await host.Json.GetStringAsync(Uri("/v1/pipeline:status"), TestContext.Current.CancellationToken);

        using var latestJson = JsonDocument.Parse(latest);
        Assert.Equal("18446744073709551615", latestJson.RootElement.GetProperty("ticks")[0].GetProperty("tick").GetProperty("id").GetProperty("sequence").GetString());
        Assert.Equal("NONE", latestJson.RootElement.GetProperty("missing")[0].GetString());
        Assert.Contains("\"symbol\": \"SPY\"", symbols.Replace("\":\"", "\": \"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Kafka", status, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/ticks?symbols=SPY&startNs=5&endNs=4", HttpStatusCode.BadRequest, "end_ns")]
    [InlineData("/v1/symbols?pageSize=5000", HttpStatusCode.BadRequest, "page_size")]
    [InlineData("/v1/sources/csv:none", HttpStatusCode.ServiceUnavailable, "KAFKA_DOWN")]
    [InlineData("/v1/bars?symbols=SPY", HttpStatusCode.NotImplemented, "UNIMPLEMENTED")]
    public async Task Json_ErrorsCarryTheSameDetails(string path, HttpStatusCode code, string detail)
    {
        await using var host = await QueryHost.StartAsync();

        using var response = await host.Json.GetAsync(Uri(path), TestContext.Current.CancellationToken);

        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(code, response.StatusCode);
        using var json = JsonDocument.Parse(body);
        var details = json.RootElement.GetProperty("details").EnumerateArray().ToList();
        Assert.Contains(details, item => item.GetProperty("@type").GetString() == "type.googleapis.com/google.rpc.ErrorInfo" && item.GetProperty("domain").GetString() == "stockaspire");
        Assert.Contains(detail, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reflection_NamesTheServices()
    {
        await using var host = await QueryHost.StartAsync();
        var client = new ServerReflection.ServerReflectionClient(host.Channel);
        using var call = client.ServerReflectionInfo(cancellationToken: TestContext.Current.CancellationToken);

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = string.Empty }, TestContext.Current.CancellationToken);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        var names = call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name).ToList();
        Assert.Contains("stockaspire.v1.QueryService", names);
        Assert.Contains("stockaspire.v1.OpsService", names);
    }

    [Fact]
    public async Task Health_IsRedAndNamesKafka_UntilKafkaWasReached()
    {
        await using var host = await QueryHost.StartAsync();

        using var response = await host.Json.GetAsync(Uri("/health"), TestContext.Current.CancellationToken);
        var grpc = await new Health.HealthClient(host.Channel).CheckAsync(new HealthCheckRequest(), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("kafka: Kafka has not been reached yet.", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.NotEqual(HealthCheckResponse.Types.ServingStatus.Serving, grpc.Status);
    }

    [Fact]
    public void BadSettings_AreNamedWithValueAndLimits()
    {
        var result = new QueryOptionsValidator().Validate(null, new QueryOptions { BlockTicks = 4_097, Heartbeat = TimeSpan.Zero });

        Assert.Equal(
            ["Query:BlockTicks is 4097; expected 1 to 4096.", "Query:Heartbeat is 00:00:00; expected 00:00:01 to 00:01:00."],
            result.Failures);
    }

    private static Uri Uri(string path) => new(path, UriKind.Relative);
}
