using System.Threading.Channels;
using StockAspire.Feeds;
using StockAspire.Market;
using StockAspire.Market.Blocks;

namespace StockAspire.Cli.Ingest;

/// <summary>Reads a file's rows ahead of their sending, on a thread of its own, as frames.</summary>
/// <param name="rate">Rows a second at most; 0 is flat out.</param>
internal sealed class FeedFrames(FeedReader reader, RejectLog rejects, long rate, TimeProvider time)
{
    /// <summary>Frames read ahead: enough that neither side waits for a single one of the other's.</summary>
    private const int ReadAhead = 8;

    /// <summary>Of a paced ingest: frames a second, where its rate has so many rows.</summary>
    private const int PacedFramesPerSecond = 20;

    private readonly Channel<UploadFrame> _frames = Channel.CreateBounded<UploadFrame>(
        new BoundedChannelOptions(ReadAhead) { SingleReader = true, SingleWriter = true });

    private FrameBuilder _builder = new(TickBlock.RowsMax);

    public ChannelReader<UploadFrame> Frames => _frames.Reader;

    /// <summary>Whether the rows come as somebody writes them, so that none may wait for a block to fill.</summary>
    public bool IsLive { get; init; }

    /// <summary>Rows of the file up to here, once it is read through.</summary>
    public ulong LastSequence { get; private set; }

    /// <summary>Begins to read after the rows that are sealed already. The channel ends with the file, or with its error.</summary>
    public void Start(ulong next, int rowsMax, CancellationToken cancellationToken)
    {
        _builder = new FrameBuilder(rowsMax);
        _ = Task.Factory.StartNew(
            () => ReadAsync(next, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>
    /// Hands over what was collected; called before live input is read, which may take for ever. Blocks the reading thread
    /// while the sender is behind.
    /// </summary>
    public void FlushLive(CancellationToken cancellationToken)
    {
        if (_builder.Flush(reader.ReadBytes) is { } frame)
        {
            _frames.Writer.WriteAsync(frame, cancellationToken).AsTask().GetAwaiter().GetResult();
        }
    }

    private async Task ReadAsync(ulong next, CancellationToken cancellationToken)
    {
        try
        {
            reader.SkipTo(next);
            await ReadRowsAsync(cancellationToken);
            LastSequence = reader.NextSequence - 1;
            _frames.Writer.Complete();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _frames.Writer.Complete();
        }
        catch (Exception error)
        {
            // Not swallowed: whoever reads the channel gets it.
            _frames.Writer.Complete(error);
        }
    }

    private async Task ReadRowsAsync(CancellationToken cancellationToken)
    {
        var batch = new FeedBatch();
        var rows = IsLive ? 1 : rate > 0 ? (int)Math.Clamp(rate / PacedFramesPerSecond, 1, TickBlock.RowsMax) : TickBlock.RowsMax;
        var began = time.GetTimestamp();
        var count = 0L;
        while (reader.Read(batch, rows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await AddAsync(batch, cancellationToken);
            if (rate > 0)
            {
                await SendAsync(_builder.Flush(reader.ReadBytes), cancellationToken);
                count += batch.RowCount;
                var ahead = TimeSpan.FromSeconds((double)count / rate) - time.GetElapsedTime(began);
                if (ahead > TimeSpan.Zero)
                {
                    await Task.Delay(ahead, time, cancellationToken);
                }
            }
        }

        await SendAsync(_builder.Flush(reader.ReadBytes), cancellationToken);
    }

    /// <summary>Merges the batch's ticks and rejects by their sequences.</summary>
    private async ValueTask AddAsync(FeedBatch batch, CancellationToken cancellationToken)
    {
        var ticks = batch.TicksMemory;
        var tick = 0;
        foreach (var reject in batch.Rejects)
        {
            for (; tick < ticks.Length && ticks.Span[tick].Id.Sequence < reject.Sequence; tick++)
            {
                await SendAsync(_builder.Add(ticks.Span[tick], reader.ReadBytes), cancellationToken);
            }

            rejects.Add(reject);
            await SendAsync(_builder.Add(reject, reader.ReadBytes), cancellationToken);
        }

        while (tick < ticks.Length)
        {
            var full = AddTicks(ticks.Span, ref tick);
            await SendAsync(full, cancellationToken);
        }
    }

    /// <summary>Adds ticks until a frame is full or all are in.</summary>
    private UploadFrame? AddTicks(ReadOnlySpan<Tick> ticks, ref int next)
    {
        UploadFrame? full = null;
        while (next < ticks.Length && full is null)
        {
            full = _builder.Add(ticks[next++], reader.ReadBytes);
        }

        return full;
    }

    private ValueTask SendAsync(UploadFrame? frame, CancellationToken cancellationToken) =>
        frame is null ? ValueTask.CompletedTask : _frames.Writer.WriteAsync(frame, cancellationToken);
}
