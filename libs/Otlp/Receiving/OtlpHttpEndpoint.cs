using System.IO.Compression;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp.Receiving;

/// <summary>
/// OTLP/HTTP with protobuf bodies, plain or gzip: <c>POST /v1/traces</c>, <c>/v1/metrics</c>, <c>/v1/logs</c>
/// (https://opentelemetry.io/docs/specs/otlp/#otlphttp). Failures have a google.rpc.Status as their body. JSON is refused
/// with 415, which the specification allows a receiver.
/// </summary>
internal sealed class OtlpHttpEndpoint(Intake intake)
{
    private const string Protobuf = "application/x-protobuf";

    public async Task ReceiveAsync(Signal signal, HttpContext context)
    {
        var request = context.Request;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(Protobuf, StringComparison.OrdinalIgnoreCase))
        {
            await FailAsync(context, StatusCodes.Status415UnsupportedMediaType, StatusCode.InvalidArgument, $"Content-Type must be {Protobuf}.");
            return;
        }

        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip"))
        {
            await FailAsync(context, StatusCodes.Status415UnsupportedMediaType, StatusCode.InvalidArgument, "Content-Encoding must be gzip or identity.");
            return;
        }

        if (await ReadAsync(context, encoding == "gzip") is not { } message)
        {
            return;
        }

        try
        {
            await AnswerAsync(context, StatusCodes.Status200OK, intake.Receive(signal, message).ToBytes());
        }
        catch (MalformedMessageException malformed)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, malformed.Message);
        }
    }

    /// <summary>Null where the failure has been answered. Reads, and unpacks, not a byte more than a message may have.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContext context, bool isGzip)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = OtlpOptions.MessageSizeMax;
        }

        var body = isGzip ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        using var message = new MemoryStream();
        var buffer = new byte[16 << 10];
        try
        {
            while (await body.ReadAsync(buffer, context.RequestAborted) is var read and > 0)
            {
                if (message.Length + read > OtlpOptions.MessageSizeMax)
                {
                    await FailTooLargeAsync(context);
                    return null;
                }

                message.Write(buffer, 0, read);
            }

            return message.ToArray();
        }
        catch (InvalidDataException)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, StatusCode.InvalidArgument, "The body is not gzip, though Content-Encoding says so.");
            return null;
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await FailTooLargeAsync(context);
            return null;
        }
    }

    private static Task FailTooLargeAsync(HttpContext context) =>
        FailAsync(context, StatusCodes.Status413PayloadTooLarge, StatusCode.ResourceExhausted, $"A message has at most {OtlpOptions.MessageSizeMax} bytes.");

    private static Task FailAsync(HttpContext context, int httpStatus, StatusCode code, string reason) =>
        AnswerAsync(context, httpStatus, new ProtoWriter().Varint(1, (ulong)code).Text(2, reason).ToArray());

    private static async Task AnswerAsync(HttpContext context, int httpStatus, byte[] body)
    {
        context.Response.StatusCode = httpStatus;
        context.Response.ContentType = Protobuf;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
