using Google.Protobuf;
using Grpc.Core;
using StockAspire.Market;
using StockAspire.Market.Blocks;
using StockAspire.Protos.V1;
using ConditionSet = StockAspire.Market.ConditionSet;
using Tick = StockAspire.Market.Tick;
using TickBlock = StockAspire.Protos.V1.TickBlock;
using TickId = StockAspire.Market.TickId;

namespace StockAspire.Ingest.Service.Tests.Harness;

internal static class TestTicks
{
    /// <summary>7 October 2013, 13:30 UTC.</summary>
    private const long StartNs = 1_381_152_600 * UnixTime.NsPerSecond;

    private static readonly string[] Symbols = ["SPY", "BAC", "AIG"];

    public static string NewSource() => "test-" + Guid.NewGuid().ToString("N");

    public static Tick Make(ulong sequence) => new()
    {
        Id = new TickId(string.Empty, sequence),
        Symbol = Symbols[sequence % 3],
        EventTimeNs = StartNs + ((long)sequence * UnixTime.NsPerMillisecond),
        Price = new Price(168_000_000_000 + ((long)sequence * 10_000_000)),
        Size = new Size(100_000_000 * (1 + ((long)sequence % 7))),
        Venue = "P",
        Conditions = sequence % 2 == 0 ? ConditionSet.Empty : Conditions,
    };

    private static readonly ConditionSet Conditions = ConditionSet.Of("@", "I");

    public static IEnumerable<Tick> Range(ulong first, int count) => Enumerable.Range(0, count).Select(i => Make(first + (ulong)i));

    public static TickBlock Block(params IEnumerable<Tick> ticks)
    {
        var writer = new TickBlockWriter();
        foreach (var tick in ticks)
        {
            Assert.True(writer.TryAdd(tick));
        }

        return TickBlock.Parser.ParseFrom(writer.ToArray());
    }

    /// <summary>The test block of consecutive ticks.</summary>
    public static TickBlock Block(ulong first, int count) => Block(Range(first, count));

    public static async Task<StreamOpened> OpenAsync(
        this AsyncDuplexStreamingCall<StreamTicksRequest, StreamTicksResponse> call, string source, ulong epoch = 1, ulong first = 0)
    {
        await call.RequestStream.WriteAsync(new StreamTicksRequest { Open = new StreamOpen { Source = source, Epoch = epoch, FirstSequence = first } });
        return (await call.NextAsync()).Opened;
    }

    public static Task SendAsync(this AsyncDuplexStreamingCall<StreamTicksRequest, StreamTicksResponse> call, TickBlock block) =>
        call.RequestStream.WriteAsync(new StreamTicksRequest { Block = block });

    public static async Task<StreamTicksResponse> NextAsync(this AsyncDuplexStreamingCall<StreamTicksRequest, StreamTicksResponse> call)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        Assert.True(await call.ResponseStream.MoveNext(limit.Token), "The stream ended.");
        return call.ResponseStream.Current;
    }

    /// <summary>Reads until the acknowledgement reaches a sequence; gives back the rejects on the way.</summary>
    public static async Task<List<Reject>> AckedAsync(this AsyncDuplexStreamingCall<StreamTicksRequest, StreamTicksResponse> call, ulong sequence)
    {
        List<Reject> rejects = [];
        while (true)
        {
            var response = await call.NextAsync();
            if (response.Reject is { } reject)
            {
                rejects.Add(reject);
            }
            else if (response.Ack is { } ack && ack.ThroughSequence >= sequence)
            {
                return rejects;
            }
        }
    }

    /// <summary>The status that the call ends with, after whatever it says before.</summary>
    public static async Task<RpcException> FailureAsync(this AsyncDuplexStreamingCall<StreamTicksRequest, StreamTicksResponse> call)
    {
        return await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
            }
        });
    }

    public static ByteString Utf8(string text) => ByteString.CopyFromUtf8(text);
}
