using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;

namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>A span as OTLP carries it: ids in hexadecimal.</summary>
internal sealed record CollectedSpan(string TraceId, string SpanId, string ParentSpanId, string Name);

/// <summary>
/// An OTLP backend of a page: takes OTLP/HTTP (opentelemetry.proto.collector.trace.v1) and keeps the spans' ids and names.
/// </summary>
internal sealed class SpanCollector : IAsyncDisposable
{
    private const int SpansMax = 200_000;

    private readonly HttpListener _listener = new();
    private readonly Task _loop;

    public SpanCollector()
    {
        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _loop = Task.Run(ListenAsync);
    }

    public string Endpoint { get; } = $"http://127.0.0.1:{FreePorts.Take()}";

    public ConcurrentQueue<CollectedSpan> Spans { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _loop;
        _listener.Close();
    }

    private async Task ListenAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                if (context.Request.Url!.AbsolutePath == "/v1/traces" && Spans.Count < SpansMax)
                {
                    // ExportTraceServiceRequest.resource_spans = 1, ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2.
                    foreach (var span in Nested(body.ToArray(), 1).SelectMany(resource => Nested(resource, 2)).SelectMany(scope => Nested(scope, 2)))
                    {
                        Spans.Enqueue(new CollectedSpan(Hex(span, 1), Hex(span, 2), Hex(span, 4), Nested(span, 5).Select(System.Text.Encoding.UTF8.GetString).FirstOrDefault() ?? string.Empty));
                    }
                }

                context.Response.StatusCode = 200;
                context.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // Stopped, or a client that went away in the middle.
            }
        }
    }

    private static string Hex(byte[] message, int field) => Nested(message, field).Select(Convert.ToHexStringLower).FirstOrDefault() ?? string.Empty;

    /// <summary>The length-delimited values of a field.</summary>
    private static List<byte[]> Nested(byte[] message, int field)
    {
        var values = new List<byte[]>();
        var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == field && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                values.Add(input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return values;
    }
}
