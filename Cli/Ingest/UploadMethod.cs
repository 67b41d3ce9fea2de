using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Ingest;

/// <summary>
/// <c>stockaspire.v1.IngestService/StreamTicks</c> with messages that carry their block as encoded bytes: the generated
/// method would decode every block and encode it again.
/// </summary>
internal static class UploadMethod
{
    /// <summary>Field 2 (<c>block</c>), length-delimited.</summary>
    private const byte BlockTag = (StreamTicksRequest.BlockFieldNumber << 3) | 2;

    private const int VarintSizeMax = 5;

    public static readonly Method<UploadMessage, StreamTicksResponse> StreamTicks = new(
        MethodType.DuplexStreaming,
        "stockaspire.v1.IngestService",
        "StreamTicks",
        Marshallers.Create<UploadMessage>(Serialize, (DeserializationContext _) => throw new NotSupportedException("Requests are only sent.")),
        Marshallers.Create<StreamTicksResponse>(
            (StreamTicksResponse _, SerializationContext _) => throw new NotSupportedException("Responses are only received."),
            context => StreamTicksResponse.Parser.ParseFrom(context.PayloadAsReadOnlySequence())));

    private static void Serialize(UploadMessage message, SerializationContext context)
    {
        if (message.Other is { } other)
        {
            context.SetPayloadLength(other.CalculateSize());
            other.WriteTo(context.GetBufferWriter());
            context.Complete();
            return;
        }

        Span<byte> head = stackalloc byte[1 + VarintSizeMax];
        head[0] = BlockTag;
        var size = 1;
        var length = (uint)message.Block.Length;
        for (; length >= 0x80; length >>= 7)
        {
            head[size++] = (byte)(length | 0x80);
        }

        head[size++] = (byte)length;
        context.SetPayloadLength(size + message.Block.Length);
        var output = context.GetBufferWriter();
        output.Write(head[..size]);
        output.Write(message.Block.Span);
        context.Complete();
    }
}

/// <summary>One message to the server: an encoded block, or any other message as it is.</summary>
internal sealed record UploadMessage(ReadOnlyMemory<byte> Block, StreamTicksRequest? Other)
{
    public static UploadMessage Of(StreamOpen open) => new(default, new StreamTicksRequest { Open = open });

    public static UploadMessage Of(UploadFrame frame) => frame.Rejects is { } rejects
        ? new(default, new StreamTicksRequest { Rejects = rejects })
        : new(frame.Block, null);
}
