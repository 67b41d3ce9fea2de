using StockAspire.Cql.Cluster;

namespace StockAspire.Cql.Tests.Cluster;

public sealed class RetryPolicyTests
{
    private static readonly CqlErrorCode[] AlwaysSurface =
    [
        CqlErrorCode.ServerError, CqlErrorCode.ProtocolError, CqlErrorCode.BadCredentials, CqlErrorCode.TruncateError, CqlErrorCode.ReadFailure,
        CqlErrorCode.FunctionFailure, CqlErrorCode.WriteFailure, CqlErrorCode.CdcWriteFailure, CqlErrorCode.CasWriteUnknown, CqlErrorCode.SyntaxError,
        CqlErrorCode.Unauthorized, CqlErrorCode.Invalid, CqlErrorCode.ConfigError, CqlErrorCode.AlreadyExists,
    ];

    [Theory]
    [InlineData(CqlErrorCode.Overloaded, false, 0, RetryDecision.Surface)]
    [InlineData(CqlErrorCode.Overloaded, true, 5, RetryDecision.NextHostAfterDelay)]
    [InlineData(CqlErrorCode.IsBootstrapping, false, 0, RetryDecision.Surface)]
    [InlineData(CqlErrorCode.IsBootstrapping, true, 0, RetryDecision.NextHostAfterDelay)]
    [InlineData(CqlErrorCode.Unavailable, false, 0, RetryDecision.NextHost)]
    [InlineData(CqlErrorCode.Unavailable, false, 1, RetryDecision.NextHostAfterDelay)]
    [InlineData(CqlErrorCode.WriteTimeout, false, 0, RetryDecision.Surface)]
    [InlineData(CqlErrorCode.WriteTimeout, true, 0, RetryDecision.SameHost)]
    [InlineData(CqlErrorCode.WriteTimeout, true, 1, RetryDecision.Surface)]
    internal void ServerErrors(CqlErrorCode code, bool isIdempotent, int timesSeen, RetryDecision expected) =>
        Assert.Equal(expected, RetryPolicy.Decide(new CqlServerException(new CqlError(code, "")), isIdempotent, timesSeen));

    [Theory]
    [InlineData(2, 2, false, 0, RetryDecision.SameHost)]
    [InlineData(2, 2, false, 1, RetryDecision.Surface)]
    [InlineData(2, 2, true, 0, RetryDecision.Surface)]
    [InlineData(1, 2, false, 0, RetryDecision.Surface)]
    internal void ReadTimeout_OnlyWhereReplicasAnsweredWithoutData(int received, int required, bool isDataPresent, int timesSeen, RetryDecision expected) =>
        Assert.Equal(expected, RetryPolicy.Decide(
            new CqlServerException(new CqlError(CqlErrorCode.ReadTimeout, "") { Received = received, Required = required, IsDataPresent = isDataPresent }), isIdempotent: false, timesSeen));

    [Theory]
    [InlineData(false, false, RetryDecision.NextHost)]
    [InlineData(true, false, RetryDecision.Surface)]
    [InlineData(true, true, RetryDecision.NextHostAfterDelay)]
    internal void LostConnection(bool wasSent, bool isIdempotent, RetryDecision expected) =>
        Assert.Equal(expected, RetryPolicy.Decide(new CqlConnectionException("", wasSent: wasSent), isIdempotent, 0));

    [Fact]
    public void Timeout_IsTriedAgain_IfIdempotent()
    {
        Assert.Equal(RetryDecision.NextHostAfterDelay, RetryPolicy.Decide(new CqlTimeoutException(""), true, 0));
        Assert.Equal(RetryDecision.Surface, RetryPolicy.Decide(new CqlTimeoutException(""), false, 0));
        Assert.Equal(RetryDecision.Surface, RetryPolicy.Decide(new CqlBusyException(""), true, 0));
        Assert.Equal(RetryDecision.Surface, RetryPolicy.Decide(new CqlProtocolException(""), true, 0));
    }

    [Fact]
    public void AllElse_Surfaces()
    {
        foreach (var code in AlwaysSurface)
            Assert.Equal(RetryDecision.Surface, RetryPolicy.Decide(new CqlServerException(new CqlError(code, "")), true, 0));
    }

    [Theory]
    [InlineData(0, 0, 100)]
    [InlineData(0, 1, 50)]
    [InlineData(1, 0, 200)]
    [InlineData(3, 0.5, 600)]
    [InlineData(10, 0, 1000)]
    [InlineData(1000, 0, 1000)]
    public void Backoff_DoublesToItsLimit_LessUpToHalf(int attempt, double random, double expectedMs) =>
        Assert.Equal(expectedMs, Backoff.Delay(attempt, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), random).TotalMilliseconds);
}
