using System.Diagnostics;
using System.Net.Sockets;
using StockAspire.KafkaBroker.Apis;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Network;

/// <summary>
/// One client: requests are served one after the other, in order, as Kafka does. Whatever goes wrong ends this connection and no
/// other. The protocol answers an API or version that is not served by closing, except for ApiVersions itself.
/// </summary>
internal sealed class ClientConnection(Socket socket, ClientIdentity identity, ConnectionServices services)
{
    /// <summary>Bytes handed to the socket at a time; each such piece must find a reader within the transfer timeout.</summary>
    private const int SendSizeMax = 1 << 20;

    private readonly KafkaBrokerOptions _options = services.Options;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        services.Metrics.Connected(+1);
        try
        {
            await ServeAllAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MalformedRequestException or AnswerTooLargeException)
        {
            services.Rejected(identity.RemoteHost, e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or IdleConnectionException)
        {
            // The client went away, or has nothing to ask: there is nobody to tell.
        }
        catch (OperationCanceledException)
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                socket.LingerState = new LingerOption(true, 0); // what the system still holds for this client goes too
                services.Rejected(identity.RemoteHost, $"a transfer took longer than {_options.TransferTimeout.TotalSeconds} s");
            }
        }
        finally
        {
            socket.Dispose();
            services.Metrics.Connected(-1);
        }
    }

    private async Task ServeAllAsync(CancellationToken cancellationToken)
    {
        socket.NoDelay = true;
        using var stream = new NetworkStream(socket, ownsSocket: false);
        using var deadline = new Deadline(cancellationToken);
        using var frames = new RequestFrames(stream, _options.TransferTimeout, services.Memory, deadline);
        using var response = new ResponseWriter(services.Memory, services.GrowthMemory);
        while (await frames.ReadAsync(_options.MaxRequestSize, _options.ConnectionIdleTimeout).ConfigureAwait(false) is { } frame
            && await ServeAsync(stream, frame, response, deadline).ConfigureAwait(false))
        {
        }
    }

    /// <summary>Serves one request; false if it failed in a way that only the end of the connection can tell.</summary>
    private async ValueTask<bool> ServeAsync(Stream stream, Memory<byte> frame, ResponseWriter response, Deadline deadline)
    {
        var start = Stopwatch.GetTimestamp();
        var (api, request, correlationId) = ReadHeader(frame);
        response.Reset();
        response.WriteInt32(correlationId);
        if (request is null)
        {
            ((ApiVersionsApi)services.Apis.ApiVersions).WriteUnsupported(response);
            await SendAsync(stream, response.Finish(), deadline).ConfigureAwait(false);
            return true;
        }

        response.Flexible = request.Flexible;
        if (api.Key != ApiKey.ApiVersions)
        {
            response.WriteTags(); // response header v1; ApiVersions keeps v0
        }

        try
        {
            await api.HandleAsync(request, response, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (MalformedRequestException or AnswerTooLargeException or OperationCanceledException))
        {
            BrokerLog.RequestFailed(services.Logger, identity.RemoteHost, api.Key.ToString(), request.Version, e);
            return false;
        }

        if (!request.Unanswered)
        {
            await SendAsync(stream, response.Finish(), deadline).ConfigureAwait(false);
        }

        services.Metrics.Answered(api.Key, start);
        response.Reset(); // what a large answer took is free while the client is thinking
        return true;
    }

    /// <summary>Request header v1, or v2 with tagged fields; no request for a version of ApiVersions that is not served.</summary>
    private (KafkaApi Api, KafkaRequest? Request, int CorrelationId) ReadHeader(Memory<byte> frame)
    {
        var reader = new RequestReader(frame, flexible: false);
        var (key, version, correlationId) = (reader.ReadInt16(), reader.ReadInt16(), reader.ReadInt32());
        var api = services.Apis.Find(key) ?? throw MalformedRequestException.UnknownApi(key, version);
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

    private async ValueTask SendAsync(Stream stream, ReadOnlyMemory<byte> frame, Deadline deadline)
    {
        while (frame.Length > 0)
        {
            var piece = frame[..Math.Min(frame.Length, SendSizeMax)];
            var sending = stream.WriteAsync(piece, deadline.Token);
            if (!sending.IsCompleted)
            {
                deadline.Start(_options.TransferTimeout);
                await sending.ConfigureAwait(false);
                deadline.Stop();
            }
            else
            {
                await sending.ConfigureAwait(false);
            }

            frame = frame[piece.Length..];
        }
    }
}
