using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;

namespace StockAspire.Otlp.Tests;

public sealed class HttpReceiverTests
{
    private static readonly byte[] OneSpan = Messages.Traces("shop", Messages.Span(1, 1)).ToByteArray();

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("identity")]
    public async Task A_trace_is_taken_plain_and_packed(string? encoding)
    {
        await using var host = await ReceiverHost.StartAsync();
        using var response = await PostAsync(host, "/v1/traces", encoding == "gzip" ? Gzip(OneSpan) : OneSpan, encoding: encoding);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/x-protobuf", response.Content.Headers.ContentType?.MediaType);
        Assert.Null(ExportTraceServiceResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync()).PartialSuccess);
        await Eventually.TrueAsync("the trace came", () => host.Store.Traces.Count == 1);
    }

    [Fact]
    public async Task What_is_rejected_is_told_as_a_partial_success()
    {
        await using var host = await ReceiverHost.StartAsync();
        using var response = await PostAsync(host, "/v1/traces", Messages.Traces("shop", Messages.Span(0, 1)).ToByteArray());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, ExportTraceServiceResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync()).PartialSuccess.RejectedSpans);
    }

    [Theory]
    [InlineData("application/json", null, HttpStatusCode.UnsupportedMediaType)]
    [InlineData(null, null, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-protobuf", "br", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/x-protobuf", "gzip", HttpStatusCode.BadRequest)]
    public async Task Other_bodies_are_refused(string? type, string? encoding, HttpStatusCode expected)
    {
        await using var host = await ReceiverHost.StartAsync();
        using var response = await PostAsync(host, "/v1/logs", [1, 2, 3], type, encoding);
        Assert.Equal(expected, response.StatusCode);

        // google.rpc.Status: the code is field 1, the message field 2.
        Assert.Equal([8, 3, 18], (await response.Content.ReadAsByteArrayAsync())[..3]);
    }

    [Fact]
    public async Task Half_a_message_is_a_bad_request()
    {
        await using var host = await ReceiverHost.StartAsync();
        for (var length = 1; length < OneSpan.Length; length++)
        {
            using var response = await PostAsync(host, "/v1/traces", OneSpan[..length]);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }

        Assert.Equal(0, host.Store.Counts(Signal.Traces).Stored);
    }

    [Fact]
    public async Task A_body_above_the_limit_is_too_large_even_if_it_is_small_when_packed()
    {
        await using var host = await ReceiverHost.StartAsync();
        using var plain = await PostAsync(host, "/v1/traces", new byte[OtlpOptions.MessageSizeMax + 1]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, plain.StatusCode);
        var bomb = Gzip(new byte[256 << 20]);
        Assert.True(bomb.Length < OtlpOptions.MessageSizeMax, $"the bomb has {bomb.Length} bytes");
        using var packed = await PostAsync(host, "/v1/traces", bomb, encoding: "gzip");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, packed.StatusCode);
    }

    [Fact]
    public async Task Without_the_key_nobody_gets_in_and_only_post_is_there()
    {
        await using var host = await ReceiverHost.StartAsync();
        using var stranger = new HttpClient { BaseAddress = host.Http };
        using var unauthorized = await stranger.PostAsync("/v1/metrics", new ByteArrayContent([]));
        Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);
        using var client = host.HttpClient();
        using var get = await client.GetAsync("/v1/metrics");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(ReceiverHost host, string path, byte[] body, string? type = "application/x-protobuf", string? encoding = null)
    {
        using var client = host.HttpClient();

        // A client that sends its body anyway may find the connection closed before it reads the answer.
        client.DefaultRequestHeaders.ExpectContinue = true;
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        return await client.PostAsync(path, content, TestContext.Current.CancellationToken);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
