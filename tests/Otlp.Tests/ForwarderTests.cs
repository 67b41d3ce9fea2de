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
        await Eventually.TrueAsync("all came on", () => next.Store.Traces.Count == 1 && next.Store.Logs.Count == 1);
        Assert.Equal("onward", next.Store.Logs.Find(LogFilter.Everything)[0].Message);
        await Eventually.BecomesAsync("one forwarded", () => host.Store.Counts(Signal.Logs), counts => counts.Forwarded == 1);
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
            await Eventually.TrueAsync("intake has room", () => host.Intake.Receive(Signal.Logs, big).Rejected == 0);
        }

        await Eventually.BecomesAsync("all stored", () => host.Store.Counts(Signal.Logs), counts => counts.Stored >= 40);
        Assert.True(host.Store.Counts(Signal.Logs).ForwardDropped >= 24, $"{host.Store.Counts(Signal.Logs)}");
        Assert.Equal(0, host.Store.Counts(Signal.Logs).Forwarded);
    }

    [Fact]
    public async Task A_receiver_that_comes_later_gets_what_has_waited_and_the_rest_is_counted()
    {
        const int Sent = 12;
        var gone = await ReceiverHost.StartAsync();
        await gone.DisposeAsync();
        await using var host = await StartAsync(gone.Grpc, more: ("Dashboard:Otlp:ForwardQueueBytes", $"{5 << 20}"));
        var big = Messages.Logs("shop", Messages.Log(new string('x', 1 << 20))).ToByteArray();
        for (var i = 0; i < Sent; i++)
        {
            await Eventually.TrueAsync("intake has room", () => host.Intake.Receive(Signal.Logs, big).Rejected == 0);
        }

        await using var next = await ReceiverHost.StartAsync(gone.Grpc.Port);

        await Eventually.BecomesAsync("all forwarded or dropped", Counts, counts => counts.Forwarded + counts.ForwardDropped == Sent);
        Assert.Equal((4L, 8L), (Counts().Forwarded, Counts().ForwardDropped));
        await Eventually.BecomesAsync("four records", () => next.Store.Logs.Count, count => count == 4);

        SignalCounts Counts() => host.Store.Counts(Signal.Logs);
    }

    [Fact]
    public async Task What_came_just_before_the_end_goes_on_too()
    {
        await using var next = await ReceiverHost.StartAsync();
        await using (var host = await StartAsync(next.Grpc))
        {
            host.Intake.Receive(Signal.Logs, Messages.Logs("shop", Messages.Log("hello")).ToByteArray());
            await Eventually.TrueAsync("a connection", () => next.Store.Logs.Count == 1);
            for (var i = 0; i < 20; i++)
            {
                host.Intake.Receive(Signal.Logs, Messages.Logs("shop", Messages.Log($"last words {i}")).ToByteArray());
            }
        }

        await Eventually.BecomesAsync("21 records", () => next.Store.Logs.Count, count => count == 21);
    }

    [Fact]
    public async Task What_the_next_receiver_refuses_for_good_is_counted_and_not_sent_again()
    {
        await using var next = await ReceiverHost.StartAsync();
        await using var host = await StartAsync(next.Grpc, "x-otlp-api-key=wrong");
        host.Intake.Receive(Signal.Logs, Messages.Logs("shop", Messages.Log("a"), Messages.Log("b")).ToByteArray());
        await Eventually.BecomesAsync("both dropped", () => host.Store.Counts(Signal.Logs), counts => counts.ForwardDropped == 2);
        Assert.Equal(0, next.Store.Logs.Count);
    }

    private static Task<ReceiverHost> StartAsync(Uri next, string headers = $"{ApiKeyGate.Header}={ReceiverHost.ApiKey}", params (string Key, string Value)[] more) =>
        ReceiverHost.StartAsync([("Dashboard:Otlp:ForwardTo", next.ToString()), ("Dashboard:Otlp:ForwardHeaders", headers), .. more]);
}
