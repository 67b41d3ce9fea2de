using Grpc.Core;
using StockAspire.Protos.V1;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>Reads ticks and verification results through the Query service.</summary>
internal sealed class TickReader(Pipeline pipeline)
{
    private static readonly TimeSpan StoredLimit = TimeSpan.FromMinutes(3);

    public async Task<List<TickRow>> QueryAsync(string symbol, long startNs, long endNs)
    {
        var rows = new List<TickRow>();
        var request = new QueryTicksRequest { StartNs = startNs, EndNs = endNs };
        request.Symbols.Add(symbol);
        using var call = new QueryService.QueryServiceClient(pipeline.Query).QueryTicks(request);
        await foreach (var response in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            rows.AddRange(TickRow.Of(response.Block));
        }

        return rows;
    }

    public async Task<(List<VerifyFinding> Findings, VerifySummary Summary)> VerifyAsync(string source)
    {
        var findings = new List<VerifyFinding>();
        VerifySummary? summary = null;
        using var call = new OpsService.OpsServiceClient(pipeline.Query).VerifySource(new VerifySourceRequest { Source = source });
        await foreach (var response in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (response.Finding is { } finding)
            {
                findings.Add(finding);
            }

            summary = response.Summary ?? summary;
        }

        return (findings, summary ?? throw new InvalidOperationException("verify gave no summary"));
    }

    /// <summary>Waits until the Sink has committed everything that was published when this was called.</summary>
    public async Task DrainedAsync()
    {
        var ends = await Eventually.GetAsync("the topic's ends", () => Task.Run<Dictionary<int, long>?>(() => TopicEnds.Read(pipeline.Kafka)), StoredLimit);
        await Eventually.TrueAsync(
            "everything stored",
            async () =>
            {
                var status = await new OpsService.OpsServiceClient(pipeline.Query).GetPipelineStatusAsync(new GetPipelineStatusRequest());
                var committed = status.Partitions.ToDictionary(partition => partition.Partition, partition => partition.CommittedOffset);
                return ends.All(end => end.Value == 0 || (committed.TryGetValue(end.Key, out var offset) && offset >= end.Value));
            },
            StoredLimit);
    }
}
