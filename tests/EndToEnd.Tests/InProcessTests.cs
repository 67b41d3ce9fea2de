using System.Net;
using Grpc.Net.Client;
using StockAspire.EndToEnd.Tests.Harness;
using StockAspire.LocalHosting.Testing;

namespace StockAspire.EndToEnd.Tests;

/// <summary>The AppHost run from the test itself, as users of Aspire's testing builder do; the services are processes as ever.</summary>
public sealed class InProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_tick_goes_through_an_application_that_the_testing_builder_runs()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(cancellationToken);
        await using var app = await builder.BuildAsync(cancellationToken);
        await app.StartAsync(cancellationToken);
        foreach (var name in (string[])["ingest", "sink", "query"])
            await app.ResourceNotifications.WaitForResourceHealthyAsync(name, cancellationToken).WaitAsync(Limit, cancellationToken);

        using var ingest = GrpcChannel.ForAddress(app.GetEndpoint("ingest", "grpc"));
        await new TickClient(ingest, "in-process").PublishAsync(
            [new TradeRow(1, "INPROC", 1_600_000_000_000_000_001, 1_000_000_000, 100_000_000, "X", "1", false)], Limit);

        using var query = app.CreateHttpClient("query", "http");
        await Eventually.TrueAsync(
            "the tick in an answer of query",
            async () =>
            {
                using var answer = await query.GetAsync(new Uri("/v1/ticks:latest?symbols=INPROC", UriKind.Relative), cancellationToken);
                return answer.StatusCode == HttpStatusCode.OK
                    && (await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("1600000000000000001", StringComparison.Ordinal);
            },
            Limit);
        await app.StopAsync(cancellationToken);
    }
}
