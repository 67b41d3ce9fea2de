using Grpc.Core;
using Microsoft.Extensions.Options;
using StockAspire.Ingest.Loads;
using StockAspire.Market.Blocks;
using StockAspire.Protos.V1;
using Tick = StockAspire.Market.Tick;
using TickBlock = StockAspire.Market.Blocks.TickBlock;
using TickId = StockAspire.Market.TickId;

namespace StockAspire.Ingest.Streams;

/// <summary>IngestService: one block in one call.</summary>
internal sealed partial class IngestGrpcService(
    StreamOpening opening, StreamLimiter limiter, LoadManager loads, IOptions<IngestOptions> options) : IngestService.IngestServiceBase
{
    public override async Task<PublishTicksResponse> PublishTicks(PublishTicksRequest request, ServerCallContext context)
    {
        using var place = limiter.Enter();
        var rows = Rows(request);
        var open = new StreamOpen { Source = request.Source, Epoch = request.Epoch, FirstSequence = FirstSequence(rows) };
        var stream = await opening.OpenAsync(open, keepsRejects: true, context.CancellationToken);
        var taken = false;
        await stream.RunAsync(
            _ => Task.FromResult(!taken),
            (intake, _, token) =>
            {
                taken = true;
                return intake.TakeAsync(rows, token);
            },
            context.CancellationToken);
        var response = new PublishTicksResponse
        {
            Source = stream.Source,
            Accepted = stream.Outbox.Accepted,
            LastSequence = stream.LastSequence ?? 0,
        };
        response.Rejected.AddRange(stream.Outbox.TakeRejects());
        return response;
    }

    private static Tick[] Rows(PublishTicksRequest request)
    {
        if ((request.Block is null) == (request.Ticks.Count == 0))
        {
            throw IngestErrors.Invalid("block", "expected either a block or ticks");
        }

        if (request.Ticks.Count > TickBlock.RowsMax)
        {
            throw IngestErrors.Invalid("ticks", $"expected at most {TickBlock.RowsMax}, got {request.Ticks.Count}");
        }

        if (request.Block is { } block)
        {
            try
            {
                var reader = new TickBlockReader();
                reader.Read(ProtoBlocks.Encode(block));
                return reader.Ticks.ToArray();
            }
            catch (TickBlockFormatException exception)
            {
                throw IngestErrors.BadBlock(exception);
            }
        }

        var ticks = request.Ticks.Select(ProtoBlocks.ToDomain).ToArray();
        if (request.Source.Length == 0 && ticks.All(tick => tick.Id.Sequence == 0))
        {
            for (var i = 0; i < ticks.Length; i++)
            {
                ticks[i] = ticks[i] with { Id = new TickId(ticks[i].Id.Source, (ulong)i + 1) };
            }
        }

        return ticks;
    }

    private static ulong FirstSequence(Tick[] rows)
    {
        foreach (var row in rows)
        {
            if (row.Revision == 0)
            {
                return row.Id.Sequence;
            }
        }

        return 0;
    }
}
