using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp.Tests.Wire;

public sealed class MessageDecoderTests
{
    private const int Seed = 20_261_123;

    private static readonly TelemetryLimits Limits = new() { MaxAttributeCount = 4, MaxAttributeLength = 64, MaxSpanEventCount = 2 };

    [Fact]
    public void Attributes_past_the_limits_are_cut_and_counted()
    {
        var span = Messages.Span(1, 1);
        span.Attributes.Add(Messages.Attribute("long", new string('x', 1_000_000)));
        span.Attributes.Add(Enumerable.Range(0, 9).Select(i => Messages.Attribute($"a{i}", "v")));
        span.Events.Add(Enumerable.Range(0, 5).Select(_ => new OpenTelemetry.Proto.Trace.V1.Span.Types.Event { Name = "event" }));
        var decoded = Assert.Single(Decode(Signal.Traces, Messages.Traces("shop", span)).Spans);
        Assert.Equal((4, 2, 6 + 3), (decoded.Attributes.Count, decoded.Events.Count, decoded.Dropped));
        Assert.Equal(64, decoded.Attributes[0].Value.Text.Length);
    }

    [Fact]
    public void Text_is_cut_between_characters_and_never_within_one()
    {
        var log = Messages.Log(string.Concat(Enumerable.Repeat("\U0001F600", 40)).Insert(0, "x"));
        var message = Assert.Single(Decode(Signal.Logs, Messages.Logs("shop", log)).Logs).Message;
        Assert.Equal(63, message.Length);
        Assert.False(char.IsHighSurrogate(message[^1]));
    }

    [Fact]
    public void Values_within_values_are_read_to_a_depth_and_then_left_empty()
    {
        var value = new AnyValue { StringValue = "bottom" };
        for (var i = 0; i < 5_000; i++)
        {
            value = new AnyValue { ArrayValue = new ArrayValue { Values = { value } } };
        }

        var log = Messages.Log("deep");
        log.Attributes.Add(new KeyValue { Key = "deep", Value = value });
        var read = Assert.Single(Decode(Signal.Logs, Messages.Logs("shop", log)).Logs).Attributes[0].Value;
        var depth = 0;
        for (; read.Kind == AttributeKind.Array; depth++)
        {
            read = read.Items[0];
        }

        Assert.Equal((8, AttributeKind.Empty), (depth, read.Kind));
    }

    [Fact]
    public void Equal_names_are_one_string()
    {
        var decoded = Decode(Signal.Traces, Messages.Traces("shop", Messages.Span(1, 1, name: "GET /ticks"), Messages.Span(1, 2, name: "GET /ticks")));
        Assert.Same(decoded.Spans[0].Name, decoded.Spans[1].Name);
    }

    [Fact]
    public void A_scope_or_resource_that_stands_after_its_items_is_found()
    {
        // resource_spans: scope_spans with one span and no scope, then the resource.
        var scope = new OpenTelemetry.Proto.Trace.V1.ScopeSpans { Spans = { Messages.Span(1, 1) } }.ToByteArray();
        var group = new ProtoWriter().Bytes(2, scope).Bytes(1, Messages.Service("late").ToByteArray()).ToArray();
        var decoded = new MessageDecoder(Limits, new ResourceTable(10)).Decode(Signal.Traces, new ProtoWriter().Bytes(1, group).ToArray());
        Assert.Equal("late", Assert.Single(decoded.Spans).Resource.ServiceName);
    }

    /// <summary>Whatever the bytes, decoding ends with a message or with the one exception that the edge expects.</summary>
    [Theory]
    [InlineData(Signal.Traces)]
    [InlineData(Signal.Logs)]
    [InlineData(Signal.Metrics)]
    public void Damaged_messages_are_read_or_refused_and_nothing_else(Signal signal)
    {
        var random = new Random(Seed);
        var whole = signal == Signal.Logs
            ? Messages.Logs("shop", Messages.Log("hello", default, Messages.Attribute("a", "b"))).ToByteArray()
            : Messages.Traces("shop", Messages.Span(1, 1), Messages.Span(2, 2)).ToByteArray();
        var (read, refused) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = whole.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                new MessageDecoder(Limits, new ResourceTable(10)).Decode(signal, bytes);
                read++;
            }
            catch (MalformedMessageException)
            {
                refused++;
            }
        }

        Assert.True(read > 0 && refused > 0, $"seed {Seed}: {read} read, {refused} refused");
    }

    private static DecodedMessage Decode(Signal signal, IMessage message) =>
        new MessageDecoder(Limits, new ResourceTable(10)).Decode(signal, message.ToByteArray());
}
