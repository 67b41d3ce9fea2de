using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using StockAspire.Market;
using StockAspire.TickStore;

namespace StockAspire.Sink.Service.Tests;

/// <summary>
/// A tick store in memory that keeps the contract (first delivery wins, writes may be repeated), and whose answers a
/// test decides by <see cref="OnWrite"/>.
/// </summary>
internal sealed class FakeTickStore : ITickStore
{
    private readonly ConcurrentDictionary<(string Symbol, TickKey Key), StoredTick> _rows = new();
    private int _calls;
    private int _rowsWritten;

    public int PreferredBatchRows { get; init; } = 10_000;

    /// <summary>Called before rows are kept; may throw, or wait.</summary>
    public Func<ReadOnlyMemory<StoredTick>, CancellationToken, Task> OnWrite { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Calls of <see cref="WriteAsync"/>, failed ones included.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Rows accepted, redelivered ones included.</summary>
    public int RowsWritten => Volatile.Read(ref _rowsWritten);

    public IReadOnlyCollection<StoredTick> Rows => [.. _rows.Values];

    public int Count => _rows.Count;

    public Task InitializeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<int> RegisterTopicAsync(Guid topicId, CancellationToken cancellationToken) => Task.FromResult(0);

    public async Task WriteAsync(ReadOnlyMemory<StoredTick> rows, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        await OnWrite(rows, cancellationToken);
        foreach (var row in rows.ToArray())
        {
            _rows.AddOrUpdate((row.Tick.Symbol, row.Tick.Key), row, (_, kept) => kept.Position <= row.Position ? kept : row);
        }

        Interlocked.Add(ref _rowsWritten, rows.Length);
    }

    public async IAsyncEnumerable<ReadOnlyMemory<StoredTick>> ScanAsync(TickScan scan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task<StoredTick?> FindLatestAsync(string symbol, long atNs, long oldestNs, CancellationToken cancellationToken) =>
        Task.FromResult<StoredTick?>(null);

    public Task<IReadOnlyList<SymbolBuckets>> ListSymbolsAsync(string after, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SymbolBuckets>>([]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal sealed class FakeDeadLetterQueue : IDeadLetterQueue
{
    private readonly ConcurrentQueue<DeadLetter> _letters = new();

    public IReadOnlyList<DeadLetter> Letters => [.. _letters];

    /// <summary>Called before letters are kept.</summary>
    public Func<Task> OnSend { get; set; } = () => Task.CompletedTask;

    public async Task SendAsync(IReadOnlyCollection<DeadLetter> letters, CancellationToken cancellationToken)
    {
        await OnSend();
        foreach (var letter in letters)
        {
            _letters.Enqueue(letter);
        }
    }
}
