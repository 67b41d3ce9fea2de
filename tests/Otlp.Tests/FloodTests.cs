using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StockAspire.Otlp.Forwarding;
using StockAspire.Otlp.Receiving;
using StockAspire.Otlp.Traces;
using ProtoSpan = OpenTelemetry.Proto.Trace.V1.Span;

namespace StockAspire.Otlp.Tests;

/// <summary>More spans than anyone can look at: what matters is that all are accounted for and memory has its bounds.</summary>
public sealed class FloodTests
{
    private const int Seed = 11_235;
    private const int SpansPerMessage = 500;

    /// <summary>Kept spans take two to three times MaxTraceBytes, which is 64 MiB; the queue and the test come on top.</summary>
    private const long ManagedBytesMax = 400L << 20;

    [Fact]
    public async Task A_minute_of_100_000_spans_a_second_keeps_to_the_limits()
    {
        var spans = TestRun.IsLong ? 6_000_000 : 600_000;
        var store = new TelemetryStore(Options.Create(new TelemetryLimits()));
        using var forwarder = new Forwarder(store, Options.Create(new OtlpOptions()), TimeProvider.System, NullLogger<Forwarder>.Instance);
        using var intake = new Intake(store, forwarder);
        await intake.StartAsync(TestContext.Current.CancellationToken);
        var random = new Random(Seed);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        for (var sent = 0; sent < spans; sent += SpansPerMessage)
        {
            intake.Receive(Signal.Traces, Messages.Traces("flood", [.. Enumerable.Range(0, SpansPerMessage).Select(_ => Random(random))]).ToByteArray());
            if (sent % (spans / 10) == 0)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before);
                Assert.InRange(store.Traces.Find(TraceFilter.Everything).Count, 0, store.Limits.MaxTraceCount);
            }
        }

        await Eventually.BecomesAsync(
            $"seed {Seed}: all {spans} spans counted",
            () => store.Counts(Signal.Traces),
            counts => counts.Stored + counts.DroppedAtIntake + counts.DroppedByLimit == spans);
        var kept = store.Traces.Find(TraceFilter.Everything);
        var counts = store.Counts(Signal.Traces);
        Assert.Equal(counts.Stored - counts.Evicted, kept.Sum(trace => trace.Spans));
        Assert.True(counts.Stored >= spans / 100, $"{counts}: hardly anything was stored");
        Assert.True(peak < ManagedBytesMax, $"seed {Seed}: {peak >> 20} MiB at the peak");
        TestContext.Current.TestOutputHelper?.WriteLine($"{counts}; {kept.Count} traces kept; {peak >> 20} MiB at the peak");
        await intake.StopAsync(CancellationToken.None);
    }

    /// <summary>Each a trace of its own, which costs the most; names and values as they vary in life.</summary>
    private static ProtoSpan Random(Random random)
    {
        var start = (ulong)random.NextInt64(1_000_000_000);
        var span = Messages.Span(
            (ulong)random.NextInt64(1, long.MaxValue), (ulong)random.NextInt64(1, long.MaxValue), parent: (ulong)random.Next(2),
            name: $"operation {random.Next(100)}", start: start, end: start + (ulong)random.Next(1_000_000));
        span.Attributes.Add(Messages.Attribute("symbol", $"S{random.Next(10_000)}"));
        span.Attributes.Add(Messages.Attribute("payload", new string('x', random.Next(400))));
        return span;
    }
}
