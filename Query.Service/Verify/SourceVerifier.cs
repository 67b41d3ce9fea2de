using Grpc.Core;
using Microsoft.Extensions.Options;
using StockAspire.Market;
using StockAspire.Query.Errors;
using StockAspire.Query.Pipeline;
using StockAspire.Query.Sources;
using StockAspire.Query.Subscriptions;
using StockAspire.TickStore;
using StockAspire.TickStream;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Verify;

/// <summary>
/// Reads all that the store holds of a source and compares it with the source's seals. Symbols that were not asked for
/// are read too: only the whole source tells which sequences are missing.
/// </summary>
internal sealed class SourceVerifier(
    SourceTable sources,
    ITickStore store,
    SubscriptionHub hub,
    TopicOffsets offsets,
    IOptions<TickStoreOptions> storeOptions,
    TimeProvider time)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the Sink may stand still before what it has not stored counts as missing.</summary>
    private static readonly TimeSpan SinkPatience = TimeSpan.FromSeconds(30);

    public async Task VerifyAsync(Wire.VerifySourceRequest request, IServerStreamWriter<Wire.VerifySourceResponse> answers, CancellationToken cancellationToken)
    {
        SourceList.CheckName(request.Source);
        new RequestChecks().Symbols(request.Symbols, mayBeEmpty: true).ThrowIfFailed();
        await sources.CaughtUpAsync(cancellationToken);
        var entry = sources.Find(request.Source);
        var verification = new SourceVerification(request.Source, entry?.Seals() ?? []);
        if (verification.Symbols.Count == 0 && entry?.Seals().Any(seal => !seal.IsOpening) != true)
        {
            throw ApiError.NotFound($"Source \"{request.Source}\" has no seal.");
        }

        if (request.Symbols.FirstOrDefault(symbol => !verification.Symbols.ContainsKey(symbol)) is { } unknown)
        {
            throw ApiError.NotFound($"Source \"{request.Source}\" has sealed no tick of \"{unknown}\".");
        }

        using var activity = QueryTelemetry.Source.StartActivity("verify source");
        var progress = new Progress(answers, time, verification.Symbols.Count);
        await AwaitSinkAsync(progress, cancellationToken);
        foreach (var (symbol, range) in verification.Symbols)
        {
            await ReadAsync(verification, symbol, range, progress, cancellationToken);
        }

        await sources.CaughtUpAsync(cancellationToken);
        var result = verification.Complete(entry!.Seals());
        foreach (var finding in result.Findings(request.Symbols))
        {
            await answers.WriteAsync(new Wire.VerifySourceResponse { Finding = finding }, cancellationToken);
        }

        await answers.WriteAsync(new Wire.VerifySourceResponse { Summary = result.Summary(request.Source, request.Symbols) }, cancellationToken);
    }

    /// <summary>
    /// Waits until the Sink has passed whatever was published by now, which includes all that the seals promise: what it
    /// is still to store is not missing.
    /// </summary>
    private async Task AwaitSinkAsync(Progress progress, CancellationToken cancellationToken)
    {
        var partitions = hub.PartitionCount();
        var end = await offsets.EndAsync(Topics.Ticks, partitions, cancellationToken);
        var moved = time.GetTimestamp();
        long[] before = [];
        while (time.GetElapsedTime(moved) < SinkPatience)
        {
            var committed = await offsets.CommittedAsync(partitions, cancellationToken);
            if (!end.Where((offset, partition) => offset > Math.Max(0, committed[partition])).Any())
            {
                return;
            }

            if (!committed.SequenceEqual(before))
            {
                (before, moved) = (committed, time.GetTimestamp());
            }

            await progress.TellAsync(cancellationToken);
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private async Task ReadAsync(
        SourceVerification verification, string symbol, (long FirstNs, long LastNs) range, Progress progress, CancellationToken cancellationToken)
    {
        // Whole buckets and one more on each side: a row whose event time was altered by hand is found where it went.
        var width = UnixTime.FromTimeSpan(storeOptions.Value.BucketWidth);
        var start = (Int128)(UnixTime.FloorDivide(range.FirstNs, width) - 1) * width;
        var end = (Int128)(UnixTime.FloorDivide(range.LastNs, width) + 2) * width;
        var scan = new TickScan
        {
            Symbol = symbol,
            StartNs = (long)Int128.Max(long.MinValue, start),
            EndNs = (long)Int128.Min(long.MaxValue, end),
            AllRevisions = true,
        };
        await foreach (var page in store.ScanAsync(scan, cancellationToken))
        {
            Add(verification, page.Span);
            progress.RowsRead += page.Length;
            await progress.TellAsync(cancellationToken);
        }

        progress.SymbolsDone++;
    }

    private static void Add(SourceVerification verification, ReadOnlySpan<StoredTick> page)
    {
        foreach (ref readonly var row in page)
        {
            verification.Add(row.Tick);
        }
    }

    /// <summary>Tells how far it is, at most once a second.</summary>
    private sealed class Progress(IServerStreamWriter<Wire.VerifySourceResponse> answers, TimeProvider time, int symbols)
    {
        private long _told = time.GetTimestamp();

        public int SymbolsDone { get; set; }

        public long RowsRead { get; set; }

        public async ValueTask TellAsync(CancellationToken cancellationToken)
        {
            if (time.GetElapsedTime(_told) < ProgressInterval)
            {
                return;
            }

            _told = time.GetTimestamp();
            var progress = new Wire.VerifyProgress { SymbolsDone = SymbolsDone, SymbolsTotal = symbols, RowsRead = RowsRead };
            await answers.WriteAsync(new Wire.VerifySourceResponse { Progress = progress }, cancellationToken);
        }
    }
}
