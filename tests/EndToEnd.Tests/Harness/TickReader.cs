using Grpc.Core;
using Grpc.Net.Client;
using StockAspire.Protos.V1;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>Reads ticks and verification results through the Query service.</summary>
internal sealed class TickReader(GrpcChannel channel)
{
    private static readonly TimeSpan s_storedLimit = TimeSpan.FromMinutes(3);

    public async Task<List<TickRow>> QueryAsync(string symbol, long startNs, long endNs)
    {
        var rows = new List<TickRow>();
        var request = new QueryTicksRequest { StartNs = startNs, EndNs = endNs };
        request.Symbols.Add(symbol);
        using var call = new QueryService.QueryServiceClient(channel).QueryTicks(request);
        await foreach (var response in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            rows.AddRange(TickRow.Of(response.Block));
        }

        return rows;
    }

    /// <summary>Waits until that many rows are stored, then a little of nothing: the rows as they are then.</summary>
    public async Task<List<TickRow>> QueryWhenStoredAsync(string symbol, long startNs, long endNs, int count)
    {
        var rows = new List<TickRow>();
        await Eventually.TrueAsync(
            $"{count} stored ticks of {symbol}",
            async () =>
            {
                rows = await QueryAsync(symbol, startNs, endNs);
                return rows.Count >= count;
            },
            s_storedLimit);
        return rows;
    }

    public async Task<(List<VerifyFinding> Findings, VerifySummary Summary)> VerifyAsync(string source)
    {
        var findings = new List<VerifyFinding>();
        VerifySummary? summary = null;
        using var call = new OpsService.OpsServiceClient(channel).VerifySource(new VerifySourceRequest { Source = source });
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

    /// <summary>Waits until the Sink has committed everything that is published.</summary>
    public Task DrainedAsync() => Eventually.TrueAsync(
        "no lag",
        async () =>
        {
            var status = await new OpsService.OpsServiceClient(channel).GetPipelineStatusAsync(new GetPipelineStatusRequest());
            return status.Problems.Count == 0 && status.Partitions.Count > 0 && status.Partitions.All(partition => partition.Lag == 0);
        },
        s_storedLimit);
}
