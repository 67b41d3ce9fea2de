using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Apis;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Network;

/// <summary>
/// One client: requests are served one after the other, in order, as Kafka does. Whatever goes wrong ends this connection and no
/// other. The protocol answers an API or version that is not served by closing, except for ApiVersions itself.
/// </summary>
internal sealed class ClientConnection(
    Socket socket, ClientIdentity identity, ApiCatalog apis, KafkaBrokerOptions options, MemoryBudget budget, BrokerMetrics metrics, ILogger logger)
{
    /// <summary>Bytes handed to the socket at a time; each such piece must find a reader within the transfer timeout.</summary>
    private const int SendSizeMax = 1 << 20;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        metrics.Connected(+1);
        using var frames = new RequestFrames(socket, options.MaxRequestSize, options.TransferTimeout, budget);
        using var response = new ResponseWriter();
        try
        {
            socket.NoDelay = true;
            while (await frames.ReadAsync(cancellationToken).ConfigureAwait(false) is { } frame
                && await ServeAsync(frame, response, cancellationToken).ConfigureAwait(false))
            {
            }
        }
        catch (MalformedRequestException e)
        {
            BrokerLog.ConnectionRejected(logger, identity.RemoteHost, e.Message);
        }
        catch (SocketException)
        {
            // The client went away: there is nobody left to tell.
        }
        catch (OperationCanceledException)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                BrokerLog.ConnectionRejected(logger, identity.RemoteHost, $"a transfer took longer than {options.TransferTimeout.TotalSeconds} s");
            }
        }
        finally
        {
            socket.Dispose();
            metrics.Connected(-1);
        }
    }

    /// <summary>Serves one request; false if it failed in a way that only the end of the connection can tell.</summary>
    private async ValueTask<bool> ServeAsync(Memory<byte> frame, ResponseWriter response, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var (api, request, correlationId) = ReadHeader(frame);
        response.Reset();
        response.WriteInt32(correlationId);
        if (request is null)
        {
            ((ApiVersionsApi)apis.ApiVersions).WriteUnsupported(response);
            await SendAsync(response.Finish(), cancellationToken).ConfigureAwait(false);
            return true;
        }

        response.Flexible = request.Flexible;
        if (api.Key != ApiKey.ApiVersions)
        {
            response.WriteTags(); // response header v1; ApiVersions keeps v0
        }

        try
        {
            await api.HandleAsync(request, response, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (MalformedRequestException or OperationCanceledException))
        {
            BrokerLog.RequestFailed(logger, identity.RemoteHost, api.Key.ToString(), request.Version, e);
            return false;
        }

        if (!request.Unanswered)
        {
            await SendAsync(response.Finish(), cancellationToken).ConfigureAwait(false);
        }

        metrics.Answered(api.Key, start);
        return true;
    }

    /// <summary>Request header v1, or v2 with tagged fields; no request for a version of ApiVersions that is not served.</summary>
    private (KafkaApi Api, KafkaRequest? Request, int CorrelationId) ReadHeader(Memory<byte> frame)
    {
        var reader = new RequestReader(frame, flexible: false);
        var (key, version, correlationId) = (reader.ReadInt16(), reader.ReadInt16(), reader.ReadInt32());
        var api = apis.Find(key) ?? throw MalformedRequestException.UnknownApi(key, version);
        if (!api.Serves(version))
        {
            return api.Key == ApiKey.ApiVersions
                ? (api, null, correlationId)
                : throw MalformedRequestException.Version(api.Key, version, api.MinVersion, api.MaxVersion);
        }

        var clientId = reader.ReadHeaderString();
        var position = reader.Position;
        var flexible = api.IsFlexible(version);
        if (flexible)
        {
            var tags = new RequestReader(frame[position..], flexible: true);
            tags.SkipTags();
            position += tags.Position;
        }

        return (api, new KafkaRequest(version, flexible, clientId, frame[position..], identity), correlationId);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        while (frame.Length > 0)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(options.TransferTimeout);
            var sent = await socket.SendAsync(frame[..Math.Min(frame.Length, SendSizeMax)], deadline.Token).ConfigureAwait(false);
            frame = frame[sent..];
        }
    }
}
