using Grpc.Core;
using StockAspire.Protos.V1;

namespace StockAspire.Ingest.Streams;

/// <summary>IngestService of protos/stockaspire/v1/ingest.proto: the streams.</summary>
internal sealed partial class IngestGrpcService
{
    public override async Task StreamTicks(
        IAsyncStreamReader<StreamTicksRequest> requestStream, IServerStreamWriter<StreamTicksResponse> responseStream, ServerCallContext context)
    {
        using var place = limiter.Enter();
        var cancelled = context.CancellationToken;
        var first = await requestStream.MoveNext(cancelled) ? requestStream.Current : null;
        var stream = await opening.OpenAsync(first?.Open ?? throw OpenMissing(), keepsRejects: true, cancelled);
        await responseStream.WriteAsync(new StreamTicksResponse { Opened = Opened(stream) }, cancelled);
        var writing = stream.Outbox.WriteAsync(responseStream, cancelled);
        try
        {
            await stream.RunAsync(
                requestStream.MoveNext,
                (intake, path, token) => requestStream.Current switch
                {
                    { MessageCase: StreamTicksRequest.MessageOneofCase.Block, Block: var block } => intake.TakeAsync(block, token),
                    { MessageCase: StreamTicksRequest.MessageOneofCase.Rejects, Rejects: var rejects } => intake.TakeAsync(rejects, path, token),
                    _ => throw OpenTwice(),
                },
                cancelled);
        }
        finally
        {
            stream.Outbox.Complete();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task<UploadTicksResponse> UploadTicks(IAsyncStreamReader<UploadTicksRequest> requestStream, ServerCallContext context)
    {
        using var place = limiter.Enter();
        var cancelled = context.CancellationToken;
        var first = await requestStream.MoveNext(cancelled) ? requestStream.Current : null;
        var stream = await opening.OpenAsync(first?.Open ?? throw OpenMissing(), keepsRejects: false, cancelled);
        await stream.RunAsync(
            requestStream.MoveNext,
            (intake, path, token) => requestStream.Current switch
            {
                { MessageCase: UploadTicksRequest.MessageOneofCase.Block, Block: var block } => intake.TakeAsync(block, token),
                { MessageCase: UploadTicksRequest.MessageOneofCase.Rejects, Rejects: var rejects } => intake.TakeAsync(rejects, path, token),
                _ => throw OpenTwice(),
            },
            cancelled);
        return new UploadTicksResponse
        {
            Accepted = stream.Outbox.Accepted,
            Rejected = stream.Outbox.Rejected,
            LastSequence = stream.Outbox.LastSequence,
        };
    }

    private StreamOpened Opened(TickStream stream) => new()
    {
        Source = stream.Source,
        LastSequence = stream.LastSequence ?? 0,
        Known = stream.LastSequence is not null,
        MaxInFlight = options.Value.MaxInFlightTicksPerStream,
    };

    private static RpcException OpenMissing() => IngestErrors.Invalid("open", "expected the stream's first message to be open");

    private static RpcException OpenTwice() => IngestErrors.Invalid("message", "expected a block or rejects after open");
}
