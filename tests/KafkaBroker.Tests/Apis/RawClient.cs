using System.Buffers.Binary;
using System.Net.Sockets;

namespace StockAspire.KafkaBroker.Tests.Apis;

/// <summary>Sends frames as they are, and gives answers as hexadecimal digits; spaces in what is sent do not count.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _client = new();
    private NetworkStream _stream = null!;

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var raw = new RawClient();
        await raw._client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        raw._stream = raw._client.GetStream();
        return raw;
    }

    /// <summary>Sends a request without its size, and returns the answer without its size.</summary>
    public async Task<string> AskAsync(string hex)
    {
        await SendAsync(hex);
        return await ReceiveAsync() ?? throw new EndOfStreamException("The broker closed the connection.");
    }

    public Task SendAsync(string hex) => SendBytesAsync(Frame(hex));

    /// <summary>A request with its size before it.</summary>
    public static byte[] Frame(string hex)
    {
        var body = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        var frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        return frame;
    }

    public Task SendBytesAsync(byte[] bytes) => _stream.WriteAsync(bytes, TestContext.Current.CancellationToken).AsTask();

    /// <summary>The next answer; null when the broker has closed the connection.</summary>
    public async Task<string?> ReceiveAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            var size = new byte[4];
            await _stream.ReadExactlyAsync(size, limit.Token);
            var body = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
            await _stream.ReadExactlyAsync(body, limit.Token);
            return Convert.ToHexStringLower(body);
        }
        catch (Exception e) when (e is EndOfStreamException or IOException)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();
}
