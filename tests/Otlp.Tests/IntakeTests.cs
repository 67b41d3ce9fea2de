using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using StockAspire.Otlp.Forwarding;
using StockAspire.Otlp.Receiving;

namespace StockAspire.Otlp.Tests;

public sealed class IntakeTests
{
    /// <summary>Nothing stores until the intake is started, so that the queue fills for certain.</summary>
    [Fact]
    public async Task What_finds_no_room_is_dropped_counted_and_told_and_the_rest_is_stored()
    {
        var store = new TelemetryStore(Options.Create(new TelemetryLimits { MaxIntakeBytes = 20_000 }));
        using var forwarder = new Forwarder(store, Options.Create(new OtlpOptions()), TimeProvider.System, NullLogger<Forwarder>.Instance);
        using var intake = new Intake(store, forwarder);
        var message = Messages.Traces("shop", [.. Enumerable.Range(1, 50).Select(i => Messages.Span(1, (ulong)i))]).ToByteArray();
        var results = Enumerable.Range(0, 10).Select(_ => intake.Receive(Signal.Traces, message)).ToList();
        var taken = results.Count(result => result.Rejected == 0);
        Assert.Equal(20_000 / (message.Length + 1024), taken);
        Assert.All(results.Skip(taken), result => Assert.Equal(50, result.Rejected));
        Assert.Equal(50 * (10 - taken), store.Counts(Signal.Traces).DroppedAtIntake);

        await intake.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync("all stored", () => store.Counts(Signal.Traces), counts => counts.Stored == 50);
        await Eventually.TrueAsync("room again", () => intake.Receive(Signal.Traces, message).Rejected == 0);
        await intake.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Changes_come_at_once_and_then_one_for_however_many_there_were()
    {
        var time = new FakeTimeProvider();
        var signal = new TelemetryChanges();
        var changes = signal.WatchAsync(TimeSpan.FromSeconds(1), time, TestContext.Current.CancellationToken).GetAsyncEnumerator();
        Assert.True(await changes.MoveNextAsync());
        Assert.Equal(0, changes.Current);
        var next = changes.MoveNextAsync();
        signal.Set();
        signal.Set();
        signal.Set();
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await next);
        Assert.Equal(3, changes.Current);
    }
}
