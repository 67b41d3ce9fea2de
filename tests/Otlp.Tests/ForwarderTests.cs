using Google.Protobuf;
using StockAspire.Otlp.Logs;
using StockAspire.Otlp.Receiving;

namespace StockAspire.Otlp.Tests;

public sealed class ForwarderTests
{
    [Fact]
    public async Task Everything_received_goes_on_byte_for_byte_with_the_headers()
    {
        await using var next = await ReceiverHost.StartAsync();
        await using var host = await StartAsync(next.Grpc);
        host.Intake.Receive(Signal.Traces, Messages.Traces("shop", Messages.Span(1, 1)).ToByteArray());
        host.Intake.Receive(Signal.Logs, Messages.Logs("shop", Messages.Log("onward")).ToByteArray());
        await Eventually.HoldsAsync(() => next.Store.Traces.Count == 1 && next.Store.Logs.Count == 1, () => "not all came on");
        Assert.Equal("onward", next.Store.Logs.Find(LogFilter.Everything)[0].Message);
        await Eventually.HoldsAsync(() => host.Store.Counts(Signal.Logs).Forwarded == 1, () => $"{host.Store.Counts(Signal.Logs)}");
        Assert.Equal((1, 1), (host.Store.Traces.Count, host.Store.Logs.Count));
    }

    [Fact]
    public async Task While_the_next_receiver_is_away_intake_goes_on_and_what_finds_no_room_is_counted()
    {
        await using var next = await ReceiverHost.StartAsync();
        var address = next.Grpc;
        await next.DisposeAsync();
        await using var host = await StartAsync(address);
        var big = Messages.Logs("shop", Messages.Log(new string('x', 1 << 20))).ToByteArray();
        for (var i = 0; i < 40; i++)
        {
            await Eventually.HoldsAsync(() => host.Intake.Receive(Signal.Logs, big).Rejected == 0, () => "intake has no room");
        }

        await Eventually.HoldsAsync(() => host.Store.Counts(Signal.Logs).Stored >= 40, () => $"{host.Store.Counts(Signal.Logs)}");
        Assert.True(host.Store.Counts(Signal.Logs).ForwardDropped >= 24, $"{host.Store.Counts(Signal.Logs)}");
        Assert.Equal(0, host.Store.Counts(Signal.Logs).Forwarded);
    }

    [Fact]
    public async Task What_the_next_receiver_refuses_for_good_is_counted_and_not_sent_again()
    {
        await using var next = await ReceiverHost.StartAsync();
        await using var host = await StartAsync(next.Grpc, "x-otlp-api-key=wrong");
        host.Intake.Receive(Signal.Logs, Messages.Logs("shop", Messages.Log("a"), Messages.Log("b")).ToByteArray());
        await Eventually.HoldsAsync(() => host.Store.Counts(Signal.Logs).ForwardDropped == 2, () => $"{host.Store.Counts(Signal.Logs)}");
        Assert.Equal(0, next.Store.Logs.Count);
    }

    private static Task<ReceiverHost> StartAsync(Uri next, string headers = $"{ApiKeyGate.Header}={ReceiverHost.ApiKey}") =>
        ReceiverHost.StartAsync(("Dashboard:Otlp:ForwardTo", next.ToString()), ("Dashboard:Otlp:ForwardHeaders", headers));
}
