using System.Buffers.Binary;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using ProtoSpan = OpenTelemetry.Proto.Trace.V1.Span;

namespace StockAspire.Otlp.Tests;

/// <summary>Export requests by the generated types.</summary>
internal static class Messages
{
    public static KeyValue Attribute(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    public static Resource Service(string name, string instance = "") => new()
    {
        Attributes = { Attribute("service.name", name), Attribute("service.instance.id", instance) },
    };

    public static ExportTraceServiceRequest Traces(string service, params ProtoSpan[] spans) => new()
    {
        ResourceSpans =
        {
            new ResourceSpans
            {
                Resource = Service(service),
                ScopeSpans = { new ScopeSpans { Scope = new InstrumentationScope { Name = "tests" }, Spans = { spans } } },
            },
        },
    };

    public static ExportLogsServiceRequest Logs(string service, params LogRecord[] records) => new()
    {
        ResourceLogs =
        {
            new ResourceLogs
            {
                Resource = Service(service),
                ScopeLogs = { new ScopeLogs { Scope = new InstrumentationScope { Name = "Tests.Category" }, LogRecords = { records } } },
            },
        },
    };

    public static ProtoSpan Span(ulong trace, ulong id, ulong parent = 0, string name = "work", ulong start = 1_000, ulong end = 2_000) => new()
    {
        TraceId = ByteString.CopyFrom([.. new byte[8], .. Bytes(trace)]),
        SpanId = ByteString.CopyFrom(Bytes(id)),
        ParentSpanId = parent == 0 ? ByteString.Empty : ByteString.CopyFrom(Bytes(parent)),
        Name = name,
        StartTimeUnixNano = start,
        EndTimeUnixNano = end,
    };

    public static LogRecord Log(string message, SeverityNumber severity = SeverityNumber.Info, params KeyValue[] attributes) => new()
    {
        TimeUnixNano = 1_000,
        SeverityNumber = severity,
        Body = new AnyValue { StringValue = message },
        Attributes = { attributes },
    };

    private static byte[] Bytes(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
