using System.Net;
using StockAspire.Cql.Protocol;

namespace StockAspire.Cql;

/// <summary>
/// native_protocol_v4.spec and v5.spec, 9: an ERROR. Beside code and message, the fields that its code has; others are null.
/// </summary>
public sealed record CqlError(CqlErrorCode Code, string Message)
{
    /// <summary>Of the request that failed: <c>Unavailable</c>, timeouts, failures, <c>CasWriteUnknown</c>.</summary>
    public CqlConsistency? Consistency { get; init; }

    /// <summary>Replicas that answered; for <c>Unavailable</c>, those alive.</summary>
    public int? Received { get; init; }

    /// <summary>Replicas whose answer the consistency asks for.</summary>
    public int? Required { get; init; }

    /// <summary>SIMPLE, BATCH, UNLOGGED_BATCH, COUNTER, BATCH_LOG, CAS, VIEW or CDC.</summary>
    public string? WriteType { get; init; }

    /// <summary>Of a read: whether the replica that was asked for data itself had answered.</summary>
    public bool? IsDataPresent { get; init; }

    /// <summary>Replicas that failed, for <c>ReadFailure</c> and <c>WriteFailure</c>.</summary>
    public int? FailureCount { get; init; }

    /// <summary>Which replicas failed and the server's code of the reason. Version 5 only.</summary>
    public IReadOnlyList<(IPAddress Replica, int Reason)>? Failures { get; init; }

    /// <summary>Of a compare-and-set that timed out, how often it met another. Version 5 only.</summary>
    public int? Contentions { get; init; }

    /// <summary>Of <c>AlreadyExists</c> and <c>FunctionFailure</c>.</summary>
    public string? Keyspace { get; init; }

    /// <summary>Of <c>AlreadyExists</c>; empty if it is the keyspace that exists.</summary>
    public string? Table { get; init; }

    public string? Function { get; init; }

    public IReadOnlyList<string>? ArgumentTypes { get; init; }

    /// <summary>Of <c>Unprepared</c>: the id that the node does not know.</summary>
    public ReadOnlyMemory<byte> StatementId { get; init; }

    internal static CqlError Read(ref BodyReader reader, ProtocolVersion version)
    {
        var error = new CqlError((CqlErrorCode)reader.ReadInt32(), reader.ReadString());
        switch (error.Code)
        {
            case CqlErrorCode.Unavailable:
                return error with { Consistency = reader.ReadConsistency(), Required = reader.ReadInt32(), Received = reader.ReadInt32() };
            case CqlErrorCode.WriteTimeout:
                error = ReadReplicas(error, ref reader) with { WriteType = reader.ReadString() };
                return version >= ProtocolVersion.V5 && error.WriteType == CasWriteType && reader.Remaining > 0
                    ? error with { Contentions = reader.ReadUInt16() }
                    : error;
            case CqlErrorCode.ReadTimeout:
                return ReadReplicas(error, ref reader) with { IsDataPresent = reader.ReadByte() != 0 };
            case CqlErrorCode.ReadFailure:
                return ReadFailures(ReadReplicas(error, ref reader), ref reader, version) with { IsDataPresent = reader.ReadByte() != 0 };
            case CqlErrorCode.WriteFailure:
                return ReadFailures(ReadReplicas(error, ref reader), ref reader, version) with { WriteType = reader.ReadString() };
            case CqlErrorCode.CasWriteUnknown:
                return ReadReplicas(error, ref reader);
            case CqlErrorCode.FunctionFailure:
                return error with { Keyspace = reader.ReadString(), Function = reader.ReadString(), ArgumentTypes = reader.ReadStringList() };
            case CqlErrorCode.AlreadyExists:
                return error with { Keyspace = reader.ReadString(), Table = reader.ReadString() };
            case CqlErrorCode.Unprepared:
                return error with { StatementId = reader.ReadShortBytes().ToArray() };
            default:
                return error;
        }
    }

    internal void Write(GrowingBuffer body, ProtocolVersion version)
    {
        body.WriteInt32((int)Code);
        body.WriteString(Message);
        switch (Code)
        {
            case CqlErrorCode.Unavailable:
                body.WriteUInt16((int)Consistency!);
                body.WriteInt32((int)Required!);
                body.WriteInt32((int)Received!);
                break;
            case CqlErrorCode.WriteTimeout:
                WriteReplicas(body);
                body.WriteString(WriteType!);
                if (version >= ProtocolVersion.V5 && WriteType == CasWriteType)
                    body.WriteUInt16(Contentions ?? 0);
                break;
            case CqlErrorCode.ReadTimeout:
                WriteReplicas(body);
                body.WriteByte(IsDataPresent == true ? (byte)1 : (byte)0);
                break;
            case CqlErrorCode.ReadFailure:
                WriteReplicas(body);
                WriteFailures(body, version);
                body.WriteByte(IsDataPresent == true ? (byte)1 : (byte)0);
                break;
            case CqlErrorCode.WriteFailure:
                WriteReplicas(body);
                WriteFailures(body, version);
                body.WriteString(WriteType!);
                break;
            case CqlErrorCode.CasWriteUnknown:
                WriteReplicas(body);
                break;
            case CqlErrorCode.FunctionFailure:
                body.WriteString(Keyspace!);
                body.WriteString(Function!);
                body.WriteStringList([.. ArgumentTypes!]);
                break;
            case CqlErrorCode.AlreadyExists:
                body.WriteString(Keyspace!);
                body.WriteString(Table!);
                break;
            case CqlErrorCode.Unprepared:
                body.WriteShortBytes(StatementId.Span);
                break;
        }
    }

    private const string CasWriteType = "CAS";

    private static CqlError ReadReplicas(CqlError error, ref BodyReader reader) =>
        error with { Consistency = reader.ReadConsistency(), Received = reader.ReadInt32(), Required = reader.ReadInt32() };

    private static CqlError ReadFailures(CqlError error, ref BodyReader reader, ProtocolVersion version)
    {
        var count = reader.ReadInt32();
        if (version < ProtocolVersion.V5)
            return error with { FailureCount = count };

        var failures = new (IPAddress, int)[reader.Count(count, 7, "reasons of failure")];
        for (var i = 0; i < failures.Length; i++)
            failures[i] = (reader.ReadInetAddress(), reader.ReadUInt16());
        return error with { FailureCount = count, Failures = failures };
    }

    private void WriteReplicas(GrowingBuffer body)
    {
        body.WriteUInt16((int)Consistency!);
        body.WriteInt32((int)Received!);
        body.WriteInt32((int)Required!);
    }

    private void WriteFailures(GrowingBuffer body, ProtocolVersion version)
    {
        body.WriteInt32(Failures?.Count ?? FailureCount ?? 0);
        if (version < ProtocolVersion.V5)
            return;

        foreach (var (replica, reason) in Failures ?? [])
        {
            body.WriteInetAddress(replica);
            body.WriteUInt16(reason);
        }
    }
}
