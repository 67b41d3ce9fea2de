using Aspire.DashboardService.Proto.V1;
using StockAspire.Dashboard.Tests.Resources;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Tests.Harness;

/// <summary>A dashboard process between a fake AppHost and a fake Query, with the resources of this repository.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private const int Partitions = 8;

    private Scene(FakeAppHost appHost, FakeQuery query, DashboardProcess dashboard) => (AppHost, Query, Dashboard) = (appHost, query, dashboard);

    public FakeAppHost AppHost { get; }

    public FakeQuery Query { get; }

    public DashboardProcess Dashboard { get; }

    public static async Task<Scene> StartAsync(params Resource[] more)
    {
        var appHost = await FakeAppHost.StartAsync([.. SampleResources.Pipeline(), .. more]);
        var query = await FakeQuery.StartAsync(Flowing());
        var dashboard = await DashboardProcess.StartAsync(DashboardProcess.Environment(appHost.Url, query.Url));
        return new Scene(appHost, query, dashboard);
    }

    /// <summary>1,200 ticks a second come in and are stored within a quarter of a second.</summary>
    public static GetPipelineStatusResponse Flowing()
    {
        var status = new GetPipelineStatusResponse
        {
            PublishedTicks = 120_030,
            StoredTicks = 120_000,
            LagTicks = 30,
            DeadLetters = 2,
            OldestUnstoredAgeMs = 250,
            PublishedPerSecond = 1_200,
            StoredPerSecond = 1_190,
            SinceNs = SampleResources.Started.ToUnixTimeMilliseconds() * 1_000_000,
        };
        for (var partition = 0; partition < Partitions; partition++)
        {
            var published = 8_000 + (partition * 2_001);
            status.Partitions.Add(new PartitionStatus
            {
                Partition = partition,
                PublishedOffset = published / 10,
                CommittedOffset = (published / 10) - (partition == 3 ? 3 : 0),
                Lag = partition == 3 ? 3 : 0,
                OldestUnstoredAgeMs = partition == 3 ? 250 : 0,
                PublishedTicks = published,
                StoredTicks = published - (partition == 3 ? 30 : 0),
            });
        }
        return status;
    }

    public async ValueTask DisposeAsync()
    {
        await Dashboard.DisposeAsync();
        await Query.DisposeAsync();
        await AppHost.DisposeAsync();
    }
}
