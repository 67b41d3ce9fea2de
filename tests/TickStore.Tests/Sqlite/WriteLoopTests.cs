using System.Diagnostics;
using System.Diagnostics.Metrics;
using StockAspire.TickStore.Sqlite;

namespace StockAspire.TickStore.Tests.Sqlite;

/// <summary>The writer's thread is stopped while it opens the file for a first call, so that what is queued behind that is certain.</summary>
public sealed class WriteLoopTests : SqliteFolder
{
    [Fact]
    public async Task Calls_that_wait_are_committed_together_in_one_span_linked_to_their_callers()
    {
        // Spans of other tests that run at the same time are told apart by the trace.
        using var callers = new ActivitySource("WriteLoopTests");
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is TickStoreTelemetry.Name or "WriteLoopTests",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                    spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var gate = new Gate();
        await using var store = OpenWith(gate.Pass);
        var traces = new List<ActivityTraceId>();
        var calls = new List<Task>();
        for (var i = 0; i < 100; i++)
        {
            Activity.Current = null;
            using var caller = callers.StartActivity("call")!;
            traces.Add(caller.TraceId);
            calls.Add(store.WriteAsync(Rows.Range(i * 10, 10), Cancelled));
            if (i == 0)
                await gate.Reached;
        }

        Activity.Current = null;
        gate.Open();
        await Task.WhenAll(calls);

        List<Activity> writes;
        lock (spans)
            writes = [.. spans.Where(span => span.OperationName == "write ticks" && traces.Contains(span.TraceId))];

        Assert.Equal([10, 990], writes.Select(span => (int)span.GetTagItem("db.operation.batch.size")!));
        Assert.Equal([0, 98], writes.Select(span => span.Links.Count()));
        Assert.Equal(traces[..2], writes.Select(span => span.TraceId));
        Assert.Equal(traces[2..], writes[1].Links.Select(link => link.Context.TraceId));
        Assert.Equal(1000, (await store.ReadAllAsync()).Count);
    }

    [Fact]
    public async Task A_write_withdrawn_while_it_waits_is_not_stored_and_one_begun_goes_on()
    {
        using var gate = new Gate();
        await using var store = OpenWith(gate.Pass);
        using var withdraw = new CancellationTokenSource();
        var begun = store.WriteAsync(Rows.Range(0, 10), withdraw.Token);
        await gate.Reached;
        var withdrawn = store.WriteAsync(Rows.Range(10, 10), withdraw.Token);
        var other = store.WriteAsync(Rows.Range(20, 10), Cancelled);

        await withdraw.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => withdrawn);
        Assert.False(begun.IsCompleted, "The writer's thread still reads the caller's memory.");
        gate.Open();
        await Task.WhenAll(begun, other);

        Assert.Equal([.. Rows.Range(0, 10), .. Rows.Range(20, 10)], await store.ReadAllAsync());
    }

    [Fact]
    public async Task Disposing_stores_what_is_queued_and_then_refuses()
    {
        using var gate = new Gate();
        var store = OpenWith(gate.Pass);
        var calls = Enumerable.Range(0, 50).Select(i => store.WriteAsync(Rows.Range(i * 10, 10), Cancelled)).ToArray();
        var disposing = store.DisposeAsync().AsTask();
        gate.Open();
        await Task.WhenAll(calls);
        await disposing;

        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.WriteAsync(Rows.Range(0, 1), Cancelled));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.FindLatestAsync("SPY", 0, 0, Cancelled));
        Assert.False(File.Exists(FilePath + "-wal"), "The log was not checkpointed on close.");
        Assert.Equal(500L, Query("SELECT COUNT(*) FROM ticks"));
    }

    [Fact]
    public async Task More_calls_than_the_queue_holds_wait_and_are_stored()
    {
        using var gate = new Gate();
        await using var store = OpenWith(gate.Pass);
        var calls = Enumerable.Range(0, 600).Select(i => store.WriteAsync(Rows.Range(i, 1), Cancelled)).ToArray();
        gate.Open();
        await Task.WhenAll(calls);

        Assert.Equal(Rows.Range(0, 600), await store.ReadAllAsync());
    }

    [Fact]
    public async Task Operations_and_rows_are_measured()
    {
        using var meters = new TestMeterFactory();
        var operations = new List<string>();
        var rows = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meters.Made)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            var text = $"{instrument.Name} {instrument.Unit} {string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}";
            lock (operations)
                operations.Add(text);
        });
        listener.SetMeasurementEventCallback<long>((instrument, count, _, _) =>
        {
            lock (rows)
                rows[instrument.Name] = rows.GetValueOrDefault(instrument.Name) + count;
        });
        listener.Start();

        await using (var store = TickStores.Open("sqlite:" + FilePath, new TickStoreOptions(), meterFactory: meters))
        {
            await store.WriteAsync(Rows.Range(0, 30), Cancelled);
            await store.ReadAllAsync();
        }

        Assert.Equal(30, rows["stockaspire.tickstore.rows.written"]);
        Assert.Equal(30, rows["stockaspire.tickstore.rows.read"]);
        Assert.Equal(
            ["db.client.operation.duration s db.system.name=sqlite,db.operation.name=write", "db.client.operation.duration s db.system.name=sqlite,db.operation.name=scan"],
            operations);
    }

    /// <summary>Stops the writer's thread at its first passing until it is opened.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _open = new();

        public Task Reached => _reached.Task;

        public void Pass(SqliteDatabase database)
        {
            _reached.TrySetResult();

            // With a limit, so that a test that fails before it opens the gate does not hang in its store's disposal.
            _open.Wait(TimeSpan.FromSeconds(30));
        }

        public void Open() => _open.Set();

        public void Dispose() => _open.Dispose();
    }

    private sealed class TestMeterFactory : IMeterFactory
    {
        public Meter? Made { get; private set; }

        public Meter Create(MeterOptions options) => Made = new Meter(options);

        public void Dispose() => Made?.Dispose();
    }
}
