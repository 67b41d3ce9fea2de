using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using StockAspire.Protos.V1;

namespace StockAspire.ServiceDefaults.Tests;

/// <summary>A gRPC client with the defaults, and two replicas that it knows by service discovery alone.</summary>
public sealed class BalancingTests
{
    private const int Calls = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_go_to_all_replicas_in_turn_and_to_those_that_are_left_when_one_is_gone()
    {
        await using var first = await Replica.StartAsync();
        await using var second = await Replica.StartAsync();
        await using var app = BuildClientOf(first, second);
        var query = app.Services.GetRequiredService<QueryService.QueryServiceClient>();

        await CallAsync(query);
        Assert.Equal((Calls / 2, Calls / 2), (first.Answered, second.Answered));

        await second.StopAsync();
        await CallAsync(query);
        Assert.Equal((Calls / 2) + Calls, first.Answered);

        await using var back = await Replica.StartAsync(second.Address);
        await CallAsync(query);
        Assert.InRange(back.Answered, 1, Calls - 1);
    }

    [Fact]
    public async Task Streams_go_to_all_replicas_too_and_to_those_that_are_left_when_one_is_gone()
    {
        await using var first = await Replica.StartAsync();
        await using var second = await Replica.StartAsync();
        await using var app = BuildClientOf(first, second);
        var query = app.Services.GetRequiredService<QueryService.QueryServiceClient>();

        await StreamAsync(query);
        await StreamAsync(query);
        Assert.Equal((1, 1), (first.Answered, second.Answered));

        await first.StopAsync();
        await StreamAsync(query);
        await StreamAsync(query);
        Assert.Equal(3, second.Answered);
    }

    private static WebApplication BuildClientOf(Replica first, Replica second)
    {
        var builder = ServiceFixture.CreateBuilder(("services:query:grpc:0", first.Address), ("services:query:grpc:1", second.Address));
        builder.Services.AddGrpcClient<QueryService.QueryServiceClient>(client => client.Address = new Uri("http://_grpc.query")).ForGrpc();
        return builder.Build();
    }

    private static async Task CallAsync(QueryService.QueryServiceClient query)
    {
        for (var call = 0; call < Calls; call++)
            await query.GetLatestTicksAsync(new GetLatestTicksRequest(), cancellationToken: Token);
    }

    private static async Task StreamAsync(QueryService.QueryServiceClient query)
    {
        using var call = query.QueryTicks(new QueryTicksRequest(), cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.False(await call.ResponseStream.MoveNext(Token));
    }
}
