namespace StockAspire.KafkaBroker.Network;

/// <summary>
/// The time limit of whatever a connection waits for at the moment, beside the end of the connection itself. One object for all of
/// its waits, so that a request costs no timer of its own. Once the time is over the connection must end.
/// </summary>
internal sealed class Deadline(CancellationToken connectionEnd) : IDisposable
{
    private readonly CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(connectionEnd);

    public CancellationToken Token => _source.Token;

    public bool IsConnectionEnding => connectionEnd.IsCancellationRequested;

    public void Start(TimeSpan limit) => _source.CancelAfter(limit);

    /// <summary>Ends what waits: nobody is there to hear of it.</summary>
    public void EndNow() => _source.Cancel();

    public void Stop() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose() => _source.Dispose();
}
