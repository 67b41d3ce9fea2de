using Grpc.Core;
using Microsoft.Extensions.Options;
using StockAspire.Market.Blocks;
using StockAspire.TickStore;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Ticks;

/// <summary>Ticks of a range, from the store, as a stream of blocks. A reader that pauses pauses the reading of the store.</summary>
internal sealed class TickQueries(ITickStore store, IOptions<QueryOptions> options, QueryMetrics metrics)
{
    private readonly QueryOptions _options = options.Value;

    public async Task QueryAsync(Wire.QueryTicksRequest request, IServerStreamWriter<Wire.QueryTicksResponse> answers, ServerCallContext context)
    {
        var query = TickQuery.From(request, _options.MaxRange, out var resume);
        var cancellationToken = context.CancellationToken;

        // At once: a caller learns that the request is sound before the first row is found.
        await context.WriteResponseHeadersAsync([]);
        using var activity = QueryTelemetry.Source.StartActivity("query ticks");
        var given = resume?.Given ?? 0;
        var writer = new TickBlockWriter();
        TickPosition last = default;
        await using var merge = new TickMerge(store, query, resume?.After, cancellationToken);
        while ((query.Limit == 0 || given < query.Limit) && await merge.MoveNextAsync())
        {
            if (writer.Count == _options.BlockTicks || !TryAdd())
            {
                await FlushAsync();
                TryAdd();
            }

            given++;
        }

        if (writer.Count > 0)
        {
            await FlushAsync();
        }

        activity?.SetTag("db.response.returned_rows", given - (resume?.Given ?? 0));

        bool TryAdd()
        {
            ref readonly var tick = ref merge.Current;
            if (!writer.TryAdd(tick))
            {
                return false;
            }

            last = TickPosition.Of(tick);
            return true;
        }

        async Task FlushAsync()
        {
            var rows = writer.Count;
            await answers.WriteAsync(
                new Wire.QueryTicksResponse { Block = WireTicks.TakeBlock(writer), ResumeToken = new ResumeToken(last, given).Format(query) },
                cancellationToken);
            metrics.RowsOut(rows, "QueryTicks");
        }
    }
}
