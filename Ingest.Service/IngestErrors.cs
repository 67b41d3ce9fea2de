using System.Globalization;
using Confluent.Kafka;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using StockAspire.Ingest.Sources;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using Status = Google.Rpc.Status;

namespace StockAspire.Ingest;

/// <summary>The one place where what went wrong becomes a gRPC status with <c>google.rpc</c> details, domain <c>stockaspire</c>.</summary>
internal static class IngestErrors
{
    private const string Domain = "stockaspire";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static RpcException Invalid(string field, string description)
    {
        var violations = new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = description } } };
        var status = New(Code.InvalidArgument, $"{field}: {description}", "INVALID_ARGUMENT");
        status.Details.Add(Any.Pack(violations));
        return status.ToRpcException();
    }

    public static RpcException Invalid(TickFault fault) => Invalid(fault.Field, $"expected {fault.Expected}, got {fault.Actual}");

    public static RpcException BadBlock(TickBlockFormatException exception) => Invalid("block", exception.Message);

    public static RpcException NotFound(string what, string name) =>
        New(Code.NotFound, $"{what} \"{name}\" does not exist.", "NOT_FOUND", ("name", name)).ToRpcException();

    public static RpcException TooManyStreams(int max) =>
        Retry(New(Code.ResourceExhausted, $"Expected at most {max} streams at a time (Ingest:MaxStreams).", "TOO_MANY_STREAMS", ("max", max)));

    public static RpcException KafkaDown(string reason) => Retry(New(Code.Unavailable, $"Kafka cannot be reached: {reason}", "KAFKA_DOWN"));

    public static RpcException Unimplemented(string message) => New(Code.Unimplemented, message, "UNIMPLEMENTED").ToRpcException();

    public static RpcException WrongState(string message) => New(Code.FailedPrecondition, message, "WRONG_STATE").ToRpcException();

    /// <summary>The status of a known failure; null for what is a defect.</summary>
    public static RpcException? From(Exception exception) => exception switch
    {
        RpcException rpc => rpc,
        SequenceGapException gap => New(
            Code.FailedPrecondition, gap.Message, "SEQUENCE_GAP", ("expected", gap.Expected), ("actual", gap.Actual)).ToRpcException(),
        SourceFencedException fenced => New(
            Code.Aborted, fenced.Message, "SOURCE_FENCED", ("epoch", fenced.Epoch), ("newer_epoch", fenced.Newer)).ToRpcException(),
        IngestStoppingException stopping => Retry(New(Code.Unavailable, stopping.Message, "STOPPING")),
        TickBlockFormatException format => BadBlock(format),
        KafkaException kafka => KafkaDown(kafka.Error.Reason),
        _ => null,
    };

    private static RpcException Retry(Status status)
    {
        status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(RetryAfter) }));
        return status.ToRpcException();
    }

    private static Status New(Code code, string message, string reason, params ReadOnlySpan<(string Key, IFormattable Value)> metadata)
    {
        var info = new ErrorInfo { Domain = Domain, Reason = reason };
        foreach (var (key, value) in metadata)
        {
            info.Metadata.Add(key, value.ToString(null, CultureInfo.InvariantCulture));
        }

        return new Status { Code = (int)code, Message = message, Details = { Any.Pack(info) } };
    }

    private static Status New(Code code, string message, string reason, (string Key, string Value) metadata)
    {
        var status = New(code, message, reason);
        status.Details[0] = Any.Pack(new ErrorInfo { Domain = Domain, Reason = reason, Metadata = { [metadata.Key] = metadata.Value } });
        return status;
    }
}
