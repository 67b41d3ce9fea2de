using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StockAspire.KafkaBroker;

/// <summary>Asks a running broker, from outside, for ApiVersions, which is answered to everybody.</summary>
internal static class BrokerProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>ApiVersions version 0, correlation id 1, client id null, with the frame's size.</summary>
    private static ReadOnlySpan<byte> Question => [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff];

    /// <summary>What is wrong with the broker there; null if it serves.</summary>
    public static async Task<string?> AskAsync(string host, int port, bool tls)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, limit.Token);
            await using var stream = tls ? await EncryptAsync(client, host, limit.Token) : client.GetStream();
            await stream.WriteAsync(Question.ToArray(), limit.Token);
            var answer = new byte[10]; // size, correlation id, error
            await stream.ReadExactlyAsync(answer, limit.Token);
            return BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(4)) == 1 && BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(8)) == 0
                ? null
                : "what answers is not a Kafka broker";
        }
        catch (OperationCanceledException)
        {
            return $"no answer within {Patience.TotalSeconds} s";
        }
        catch (EndOfStreamException)
        {
            return "it closed the connection";
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
        {
            return e.Message;
        }
    }

    [SuppressMessage("Security", "CA5359", Justification = "No secret goes this way and nothing that comes is believed: the question is whether a broker answers.")]
    private static async Task<Stream> EncryptAsync(TcpClient client, string host, CancellationToken cancellationToken)
    {
        var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken);
        return stream;
    }
}
