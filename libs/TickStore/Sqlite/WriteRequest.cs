using System.Diagnostics;

namespace StockAspire.TickStore.Sqlite;

/// <summary>
/// What one caller wants of the writer's thread: rows to store, or other work on the writer. Until the thread has taken
/// it up the caller may withdraw it; from then on the caller waits, since the thread reads the caller's memory.
/// </summary>
internal sealed class WriteRequest
{
    private const int Queued = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private readonly TaskCompletionSource<int> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public WriteRequest(ReadOnlyMemory<StoredTick> rows) => Rows = rows;

    public WriteRequest(string operation, Func<SqliteWriter, int> work)
    {
        Operation = operation;
        Work = work;
    }

    public ReadOnlyMemory<StoredTick> Rows { get; }

    public string Operation { get; } = TickStoreTelemetry.WriteOperation;

    /// <summary>Null for rows.</summary>
    public Func<SqliteWriter, int>? Work { get; }

    /// <summary>The caller's span.</summary>
    public ActivityContext Caller { get; } = Activity.Current?.Context ?? default;

    public Task<int> Done => _done.Task;

    /// <summary>False if the caller has withdrawn it.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

    public void Withdraw(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Withdrawn, Queued) == Queued)
            _done.TrySetCanceled(cancellationToken);
    }

    public void Complete(int result) => _done.TrySetResult(result);

    public void Fail(Exception exception) => _done.TrySetException(exception);
}
