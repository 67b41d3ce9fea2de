using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Tests.Fakes;

namespace StockAspire.Cql.Tests.Telemetry;

public sealed class TelemetryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_AreSpans()
    {
        var spans = new ConcurrentQueue<Activity>();
        var root = new Activity("test");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CqlTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == root.TraceId)
                    spans.Enqueue(activity);
            },
        };
        await using var cluster = FakeCluster.Of(1);
        cluster.Nodes[0].Handler = request => request.Opcode == Opcode.Query && request.Cql == "bad" ? Task.FromResult<FakeAnswer?>(FakeAnswer.Error(CqlErrorCode.SyntaxError)) : null;
        await using var session = await cluster.ConnectAsync();
        var insert = await session.PrepareAsync("INSERT INTO t (k) VALUES (?)", Cancel);
        ActivitySource.AddActivityListener(listener);
        root.Start();
        using (var bound = insert.Bind())
        {
            bound.Values.AppendText("secret");
            (await session.ExecuteAsync(bound, Cancel)).Dispose();
        }

        using (var batch = new BatchStatement(CqlBatchKind.Unlogged))
        {
            batch.Add(insert).AppendText("secret");
            batch.Add(insert).AppendText("secret");
            (await session.ExecuteAsync(batch, Cancel)).Dispose();
        }

        await Assert.ThrowsAsync<CqlServerException>(async () => await session.ExecuteAsync("bad", Cancel));
        root.Stop();

        Assert.Equal(["EXECUTE ks.t", "BATCH ks.t", "QUERY"], spans.Select(span => span.DisplayName));
        var (execute, many, query) = (spans.ElementAt(0), spans.ElementAt(1), spans.ElementAt(2));
        Assert.Equal("cassandra", execute.GetTagItem("db.system.name"));
        Assert.Equal("ks", execute.GetTagItem("db.namespace"));
        Assert.Equal("t", execute.GetTagItem("db.collection.name"));
        Assert.Equal("EXECUTE", execute.GetTagItem("db.operation.name"));
        Assert.Equal(cluster.Nodes[0].Endpoint.Port, execute.GetTagItem("server.port"));
        Assert.Equal(2, many.GetTagItem("db.operation.batch.size"));
        Assert.Equal("SyntaxError", query.GetTagItem("error.type"));
        Assert.Equal("0x2000", query.GetTagItem("db.response.status_code"));
        Assert.Equal(ActivityStatusCode.Error, query.Status);
        Assert.DoesNotContain(spans.SelectMany(span => span.TagObjects), tag => tag.Value is string text && text.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Requests_AreMeasured_RetriesTogether()
    {
        using var meters = new Meters();
        var durations = new ConcurrentQueue<Dictionary<string, object?>>();
        var retries = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, each) =>
        {
            if (meters.Owns(instrument.Meter))
                each.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => durations.Enqueue(tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            if (instrument.Name == "stockaspire.cql.retries")
                Interlocked.Add(ref retries, value);
        });
        listener.Start();
        await using var cluster = FakeCluster.Of(1);
        var failures = 2;
        cluster.Nodes[0].Handler = request => request.Opcode == Opcode.Query && request.Cql == "x" && Interlocked.Decrement(ref failures) >= 0
            ? Task.FromResult<FakeAnswer?>(FakeAnswer.Error(CqlErrorCode.Overloaded))
            : null;
        await using var session = await CqlSession.ConnectAsync(cluster.Options(), meters: meters, cancel: Cancel);
        using var statement = new SimpleStatement("x") { IsIdempotent = true };

        (await session.ExecuteAsync(statement, Cancel)).Dispose();

        Assert.Equal(2, Interlocked.Read(ref retries));
        Assert.Equal("QUERY", Assert.Single(durations)["db.operation.name"]);
    }

    private sealed class Meters : IMeterFactory
    {
        private readonly List<Meter> _made = [];

        public bool Owns(Meter meter) => _made.Contains(meter);

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(options);
            _made.Add(meter);
            return meter;
        }

        public void Dispose() => _made.ForEach(meter => meter.Dispose());
    }
}
