namespace StockAspire.Cql.Cluster;

/// <summary>What to do after a failed try.</summary>
internal enum RetryDecision
{
    Surface,
    SameHost,
    NextHost,
    NextHostAfterDelay,
}

/// <summary>
/// Whether a request may be tried again, and where. Whatever may have been done is tried again only if doing it twice is the same as once.
/// </summary>
internal static class RetryPolicy
{
    /// <param name="timesSeen">How often this request has met this kind of error before.</param>
    public static RetryDecision Decide(Exception exception, bool isIdempotent, int timesSeen) => exception switch
    {
        CqlServerException server => Decide(server.Error, isIdempotent, timesSeen),

        // Lost before it was sent: nothing can have been done.
        CqlConnectionException { WasSent: false } => RetryDecision.NextHost,
        CqlConnectionException or CqlTimeoutException => isIdempotent ? RetryDecision.NextHostAfterDelay : RetryDecision.Surface,
        _ => RetryDecision.Surface,
    };

    private static RetryDecision Decide(CqlError error, bool isIdempotent, int timesSeen) => error.Code switch
    {
        CqlErrorCode.Overloaded or CqlErrorCode.IsBootstrapping => isIdempotent ? RetryDecision.NextHostAfterDelay : RetryDecision.Surface,

        // Refused before anything was done; another coordinator may see more replicas.
        CqlErrorCode.Unavailable => timesSeen == 0 ? RetryDecision.NextHost : RetryDecision.NextHostAfterDelay,
        CqlErrorCode.WriteTimeout => isIdempotent && timesSeen == 0 ? RetryDecision.SameHost : RetryDecision.Surface,

        // Enough replicas answered, only the one that was asked for the data itself did not: another will be asked now.
        CqlErrorCode.ReadTimeout => timesSeen == 0 && error.Received >= error.Required && error.IsDataPresent == false ? RetryDecision.SameHost : RetryDecision.Surface,
        _ => RetryDecision.Surface,
    };
}
