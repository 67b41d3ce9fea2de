using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace StockAspire.Query.Errors;

/// <summary>
/// The errors that callers see: a gRPC status with <c>google.rpc.ErrorInfo</c> of domain <c>stockaspire</c> and, where
/// it helps, further details. JSON answers carry the same.
/// </summary>
internal static class ApiError
{
    public const string Domain = "stockaspire";
    public const string InvalidArgumentReason = "INVALID_ARGUMENT";
    public const string NotFoundReason = "NOT_FOUND";
    public const string StoreDownReason = "STORE_DOWN";
    public const string KafkaDownReason = "KAFKA_DOWN";
    public const string TooManySubscriptionsReason = "TOO_MANY_SUBSCRIPTIONS";
    public const string SlowReaderReason = "SLOW_READER";
    public const string ResumeExpiredReason = "RESUME_EXPIRED";
    public const string StoppingReason = "STOPPING";
    public const string UnimplementedReason = "UNIMPLEMENTED";
    public const string DataLossReason = "DATA_LOSS";

    /// <summary>What a caller should wait before it tries again; both sides reconnect within about a second.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public static RpcException InvalidArgument(IReadOnlyCollection<BadRequest.Types.FieldViolation> violations)
    {
        var message = string.Join(" ", violations.Select(violation => $"{violation.Field}: {violation.Description}."));
        return Of(Code.InvalidArgument, InvalidArgumentReason, message, new BadRequest { FieldViolations = { violations } });
    }

    public static RpcException InvalidArgument(string field, string description) =>
        InvalidArgument([new BadRequest.Types.FieldViolation { Field = field, Description = description }]);

    public static RpcException NotFound(string message) => Of(Code.NotFound, NotFoundReason, message);

    public static RpcException StoreDown(string message) => Of(Code.Unavailable, StoreDownReason, message, Retry());

    public static RpcException KafkaDown(string message) => Of(Code.Unavailable, KafkaDownReason, message, Retry());

    public static RpcException ResourceExhausted(string reason, string message) => Of(Code.ResourceExhausted, reason, message);

    public static RpcException ResumeExpired(string message) => Of(Code.OutOfRange, ResumeExpiredReason, message);

    /// <summary>The service was asked to stop: the same call succeeds on the next one.</summary>
    public static RpcException Stopping() => Of(Code.Unavailable, StoppingReason, "The service stops; call again.", Retry());

    public static RpcException Unimplemented(string message) => Of(Code.Unimplemented, UnimplementedReason, message);

    public static RpcException DataLoss(string message) => Of(Code.DataLoss, DataLossReason, message);

    private static RetryInfo Retry() => new() { RetryDelay = Duration.FromTimeSpan(RetryDelay) };

    private static RpcException Of(Code code, string reason, string message, params ReadOnlySpan<Google.Protobuf.IMessage> details)
    {
        var status = new Google.Rpc.Status
        {
            Code = (int)code,
            Message = message,
            Details = { Any.Pack(new ErrorInfo { Domain = Domain, Reason = reason }) },
        };
        foreach (var detail in details)
        {
            status.Details.Add(Any.Pack(detail));
        }

        return status.ToRpcException();
    }
}
