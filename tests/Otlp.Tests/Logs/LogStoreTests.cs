using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using StockAspire.Otlp.Logs;
using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp.Tests.Logs;

public sealed class LogStoreTests
{
    [Fact]
    public void At_the_count_the_oldest_go_first_and_are_counted()
    {
        var store = new TelemetryStore(Options.Create(new TelemetryLimits { MaxLogCount = 3 }));
        Add(store, Messages.Logs("shop", [.. Enumerable.Range(1, 5).Select(i => Messages.Log($"log {i}"))]));
        Assert.Equal(["log 3", "log 4", "log 5"], store.Logs.Find(LogFilter.Everything).Select(entry => entry.Message));
        Assert.Equal([3, 4, 5], store.Logs.Find(LogFilter.Everything).Select(entry => entry.Sequence));
        Assert.Equal((5, 2, 0), (store.Counts(Signal.Logs).Stored, store.Counts(Signal.Logs).Evicted, store.Counts(Signal.Logs).Lost));
    }

    [Fact]
    public void At_the_bytes_the_oldest_go_first_whatever_their_count()
    {
        var store = new TelemetryStore(Options.Create(new TelemetryLimits { MaxLogBytes = 10_000 }));
        Add(store, Messages.Logs("shop", [.. Enumerable.Range(1, 5).Select(i => Messages.Log(new string((char)('a' + i), 3_000)))]));
        Assert.Equal(3, store.Logs.Count);
    }

    [Theory]
    [InlineData("quantity", FieldOperator.Equal, "12", "twelve")]
    [InlineData("quantity", FieldOperator.Greater, "9", "twelve")]
    [InlineData("quantity", FieldOperator.LessOrEqual, "9", "nine")]
    [InlineData("quantity", FieldOperator.NotEqual, "12", "nine,none")]
    [InlineData("venue", FieldOperator.Contains, "nys", "twelve")]
    [InlineData("venue", FieldOperator.NotContains, "nys", "nine,none")]
    [InlineData(FieldFilter.Message, FieldOperator.Equal, "NINE", "nine")]
    [InlineData(FieldFilter.Category, FieldOperator.Contains, "category", "twelve,nine,none")]
    [InlineData(FieldFilter.TraceId, FieldOperator.Equal, "000000000000000000000000000000ff", "none")]
    public void Structured_filters_compare_numbers_as_numbers_and_text_without_case(string field, FieldOperator op, string value, string expected)
    {
        var store = new TelemetryStore(Options.Create(new TelemetryLimits()));
        var traced = Messages.Log("none");
        traced.TraceId = Messages.Span(255, 1).TraceId;
        Add(store, Messages.Logs(
            "shop",
            Messages.Log("twelve", SeverityNumber.Info, Number("quantity", 12), Messages.Attribute("venue", "NYSE")),
            Messages.Log("nine", SeverityNumber.Info, Messages.Attribute("quantity", "9"), Messages.Attribute("venue", "XETR")),
            traced));
        var found = store.Logs.Find(new LogFilter { Fields = [new FieldFilter(field, op, value)] });
        Assert.Equal(expected, string.Join(',', found.Select(entry => entry.Message)));
    }

    [Fact]
    public void Level_resource_text_and_trace_must_all_hold()
    {
        var store = new TelemetryStore(Options.Create(new TelemetryLimits()));
        var failed = Messages.Log("the order failed", SeverityNumber.Error);
        failed.TraceId = Messages.Span(5, 1).TraceId;
        Add(store, Messages.Logs("shop", Messages.Log("the order came"), failed));
        Add(store, Messages.Logs("bank", Messages.Log("the order failed", SeverityNumber.Fatal)));
        var all = new LogFilter { Resource = "shop", MinLevel = LogLevel.Warning, Text = "ORDER", TraceId = new TraceId(0, 5) };
        Assert.Equal(LogLevel.Error, Assert.Single(store.Logs.Find(all)).Level);
        Assert.Empty(store.Logs.Find(all with { Resource = "bank" }));
        Assert.Empty(store.Logs.Find(all with { MinLevel = LogLevel.Critical }));
        Assert.Empty(store.Logs.Find(all with { Text = "came" }));
        Assert.Empty(store.Logs.Find(all with { TraceId = new TraceId(0, 6) }));
    }

    [Fact]
    public void Clear_takes_one_resource_or_all()
    {
        var store = new TelemetryStore(Options.Create(new TelemetryLimits()));
        Add(store, Messages.Logs("shop", Messages.Log("a"), Messages.Log("b")));
        Add(store, Messages.Logs("bank", Messages.Log("c")));
        store.Logs.Clear("shop");
        Assert.Equal("c", Assert.Single(store.Logs.Find(LogFilter.Everything)).Message);
        store.Logs.Clear();
        Assert.Equal(0, store.Logs.Count);
    }

    private static KeyValue Number(string key, long value) => new() { Key = key, Value = new AnyValue { IntValue = value } };

    private static void Add(TelemetryStore store, ExportLogsServiceRequest request) =>
        store.Add(new MessageDecoder(store.Limits, store.Resources).Decode(Signal.Logs, request.ToByteArray()));
}
