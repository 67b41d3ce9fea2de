using System.Collections.Concurrent;

namespace StockAspire.TickStore.Cassandra.Writing;

/// <summary>Writes the rows of calls as batches of one partition each, a bounded number of them at a time over all calls. Thread-safe.</summary>
internal sealed class TickWriter(StoreSession store) : IDisposable
{
    /// <summary>Requests under way: enough to keep a node busy, few enough to keep its queues short.</summary>
    private const int InFlightMax = 32;

    private readonly BucketListing _listing = new(store);
    private readonly SemaphoreSlim _slots = new(InFlightMax);
    private readonly ConcurrentBag<TickBatch> _batches = [];
    private readonly ConcurrentBag<WriteOrder> _orders = [];

    /// <summary>Rows sent, without those of a key that came twice.</summary>
    /// <exception cref="TickStoreRejectedException">A row can never be stored; none was sent.</exception>
    public async Task<int> WriteAsync(ReadOnlyMemory<StoredTick> rows, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var order = _orders.TryTake(out var used) ? used : new WriteOrder();
        try
        {
            order.Arrange(rows, store.Plan);
            await _listing.ListAsync(order.Partitions, cancellationToken);
            return await SendAsync(order, rows, cancellationToken);
        }
        finally
        {
            order.Clear();
            _orders.Add(order);
        }
    }

    public void Dispose()
    {
        while (_batches.TryTake(out var batch))
            batch.Dispose();
        _slots.Dispose();
    }

    private async Task<int> SendAsync(WriteOrder order, ReadOnlyMemory<StoredTick> rows, CancellationToken cancellationToken)
    {
        var sent = 0;
        List<Task> requests = [];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            for (var i = 0; i < order.Partitions.Count; i++)
            {
                var partition = order.Partitions[i];
                for (var next = partition.Start; next < partition.End;)
                {
                    await _slots.WaitAsync(stop.Token);
                    var batch = Fill(in partition, rows.Span, order.Indexes[next..partition.End]);
                    next += batch.Rows;
                    sent += batch.Rows;
                    requests.Add(SendAsync(batch, stop, cancellationToken));
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A request failed; its error is what the caller is told.
        }
        catch
        {
            await Task.WhenAll(requests).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await EndAsync(requests, cancellationToken);
        return sent;
    }

    private TickBatch Fill(in PartitionRows partition, ReadOnlySpan<StoredTick> rows, ReadOnlySpan<int> indexes)
    {
        var batch = _batches.TryTake(out var used) ? used : new TickBatch(store);
        try
        {
            batch.Fill(in partition, rows, indexes);
            return batch;
        }
        catch
        {
            batch.Dispose();
            _slots.Release();
            throw;
        }
    }

    /// <summary>After a failure the call sends no more: all of it will be written again.</summary>
    private async Task SendAsync(TickBatch batch, CancellationTokenSource stop, CancellationToken cancellationToken)
    {
        try
        {
            await batch.SendAsync(cancellationToken);
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
        finally
        {
            _batches.Add(batch);
            _slots.Release();
        }
    }

    /// <summary>Waits for all; of several errors, throws one.</summary>
    private static async Task EndAsync(List<Task> requests, CancellationToken cancellationToken)
    {
        await Task.WhenAll(requests).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (requests.Find(request => request.IsFaulted) is { } failed)
            await failed;
    }
}
