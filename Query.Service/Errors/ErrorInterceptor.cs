using Confluent.Kafka;
using Grpc.Core;
using Grpc.Core.Interceptors;
using StockAspire.Market.Blocks;
using StockAspire.TickStore;

namespace StockAspire.Query.Errors;

/// <summary>The one place where what went wrong becomes a gRPC status; JSON answers come through here too.</summary>
internal sealed class ErrorInterceptor(ILogger<ErrorInterceptor> logger, TimeProvider time) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Map(exception, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception exception) when (exception is not RpcException)
        {
            throw Map(exception, context);
        }
    }

    private RpcException Map(Exception exception, ServerCallContext context)
    {
        // A call that was given up fails in whatever it was doing; the reason is that it was given up.
        if (context.CancellationToken.IsCancellationRequested)
        {
            var late = context.Deadline <= time.GetUtcNow().UtcDateTime;
            return new RpcException(late
                ? new Status(StatusCode.DeadlineExceeded, "The deadline passed before the answer was complete.")
                : new Status(StatusCode.Cancelled, "The call was cancelled."));
        }

        switch (exception)
        {
            case TickStoreUnavailableException:
                return ApiError.StoreDown("The tick store cannot be reached now: " + exception.Message);
            case KafkaException kafka:
                return ApiError.KafkaDown("Kafka cannot be reached now: " + kafka.Error.Reason);
            case TickBlockFormatException:
                return ApiError.DataLoss("A record in Kafka or the store is damaged: " + exception.Message);
            default:
                QueryLog.CallFailed(logger, context.Method, exception);
                return new RpcException(new Status(StatusCode.Internal, "The call failed inside the service; its log says why."));
        }
    }
}
