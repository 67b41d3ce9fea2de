using System.Net;
using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Tests.Protocol;

/// <summary>Every error code with the fields it has.</summary>
public sealed class ErrorTests
{
    public static TheoryData<byte, string, CqlError> Errors => new()
    {
        { 4, "00000000 0001 'm'", new(CqlErrorCode.ServerError, "m") },
        { 4, "0000000A 0001 'm'", new(CqlErrorCode.ProtocolError, "m") },
        { 4, "00000100 0001 'm'", new(CqlErrorCode.BadCredentials, "m") },
        { 4, "00001000 0001 'm' 0004 00000002 00000001", new(CqlErrorCode.Unavailable, "m") { Consistency = CqlConsistency.Quorum, Required = 2, Received = 1 } },
        { 4, "00001001 0001 'm'", new(CqlErrorCode.Overloaded, "m") },
        { 4, "00001002 0001 'm'", new(CqlErrorCode.IsBootstrapping, "m") },
        { 4, "00001003 0001 'm'", new(CqlErrorCode.TruncateError, "m") },
        { 4, "00001100 0001 'm' 0004 00000001 00000002 0006 'SIMPLE'", new(CqlErrorCode.WriteTimeout, "m") { Consistency = CqlConsistency.Quorum, Received = 1, Required = 2, WriteType = "SIMPLE" } },
        { 5, "00001100 0001 'm' 0008 00000001 00000002 0003 'CAS' 0007", new(CqlErrorCode.WriteTimeout, "m") { Consistency = CqlConsistency.Serial, Received = 1, Required = 2, WriteType = "CAS", Contentions = 7 } },
        { 4, "00001200 0001 'm' 0001 00000000 00000001 01", new(CqlErrorCode.ReadTimeout, "m") { Consistency = CqlConsistency.One, Received = 0, Required = 1, IsDataPresent = true } },
        { 4, "00001300 0001 'm' 0001 00000000 00000001 00000003 00", new(CqlErrorCode.ReadFailure, "m") { Consistency = CqlConsistency.One, Received = 0, Required = 1, FailureCount = 3, IsDataPresent = false } },
        { 5, "00001300 0001 'm' 0001 00000000 00000001 00000001 04 7F000001 0001 01", new(CqlErrorCode.ReadFailure, "m") { Consistency = CqlConsistency.One, Received = 0, Required = 1, FailureCount = 1, Failures = [(IPAddress.Loopback, 1)], IsDataPresent = true } },
        { 4, "00001400 0001 'm' 0002 'ks' 0001 'f' 0001 0003 'int'", new(CqlErrorCode.FunctionFailure, "m") { Keyspace = "ks", Function = "f", ArgumentTypes = ["int"] } },
        { 4, "00001500 0001 'm' 0001 00000000 00000001 00000003 0005 'BATCH'", new(CqlErrorCode.WriteFailure, "m") { Consistency = CqlConsistency.One, Received = 0, Required = 1, FailureCount = 3, WriteType = "BATCH" } },
        { 5, "00001500 0001 'm' 0001 00000000 00000001 00000001 10 00000000000000000000000000000001 0002 0005 'BATCH'", new(CqlErrorCode.WriteFailure, "m") { Consistency = CqlConsistency.One, Received = 0, Required = 1, FailureCount = 1, Failures = [(IPAddress.IPv6Loopback, 2)], WriteType = "BATCH" } },
        { 5, "00001600 0001 'm'", new(CqlErrorCode.CdcWriteFailure, "m") },
        { 5, "00001700 0001 'm' 0008 00000001 00000002", new(CqlErrorCode.CasWriteUnknown, "m") { Consistency = CqlConsistency.Serial, Received = 1, Required = 2 } },
        { 4, "00002000 0001 'm'", new(CqlErrorCode.SyntaxError, "m") },
        { 4, "00002100 0001 'm'", new(CqlErrorCode.Unauthorized, "m") },
        { 4, "00002200 0001 'm'", new(CqlErrorCode.Invalid, "m") },
        { 4, "00002300 0001 'm'", new(CqlErrorCode.ConfigError, "m") },
        { 4, "00002400 0001 'm' 0002 'ks' 0001 't'", new(CqlErrorCode.AlreadyExists, "m") { Keyspace = "ks", Table = "t" } },
        { 4, "00002500 0001 'm' 0002 CAFE", new(CqlErrorCode.Unprepared, "m") { StatementId = Hex.Bytes("CAFE") } },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Error_ReadsAndWrites(byte version, string bytes, CqlError expected)
    {
        Hex.AssertEqual(bytes, Hex.Written(buffer => expected.Write(buffer, (ProtocolVersion)version)));

        var reader = new BodyReader(Hex.Bytes(bytes));
        var error = CqlError.Read(ref reader, (ProtocolVersion)version);

        Assert.Equal(0, reader.Remaining);
        Assert.Equal(Scalars(expected), Scalars(error));
        Assert.Equal(expected.Failures ?? [], error.Failures ?? []);
        Assert.Equal(expected.ArgumentTypes ?? [], error.ArgumentTypes ?? []);
        Assert.Equal(expected.StatementId.ToArray(), error.StatementId.ToArray());
        Hex.AssertEqual(bytes, Hex.Written(buffer => error.Write(buffer, (ProtocolVersion)version)));
    }

    /// <summary>Records compare what they refer to, not what is in it.</summary>
    private static CqlError Scalars(CqlError error) => error with { Failures = null, ArgumentTypes = null, StatementId = default };

    [Fact]
    public void EveryCode_IsCovered() => Assert.Equal(
        Enum.GetValues<CqlErrorCode>().Order(),
        Errors.Select(row => row.Data.Item3.Code).Distinct().Order());

    [Fact]
    public void Read_TextThatOverruns_SaysWhere()
    {
        var exception = Assert.Throws<CqlProtocolException>(() =>
        {
            var reader = new BodyReader(Hex.Bytes("00002000 0384 'm'"));
            CqlError.Read(ref reader, ProtocolVersion.V4);
        });

        Assert.Equal("[string] of 900 bytes does not fit the body of 7 bytes at 6; 1 bytes left.", exception.Message);
    }
}
