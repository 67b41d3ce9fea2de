using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using StockAspire.KafkaBroker.Apis;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Security;

namespace StockAspire.KafkaBroker.Network;

/// <summary>
/// One client: requests are served one after the other, in order, as Kafka does. Whatever goes wrong ends this connection and no
/// other. The protocol answers an API or version that is not served by closing, except for ApiVersions itself.
/// </summary>
internal sealed class ClientConnection(Socket socket, ClientIdentity identity, ConnectionServices services)
{
    /// <summary>Bytes handed to the socket at a time; each such piece must find a reader within the transfer timeout.</summary>
    private const int SendSizeMax = 1 << 20;

    /// <summary>Kafka's sasl.server.max.receive.size: who is not known yet sends little.</summary>
    private const int UnauthenticatedFrameSizeMax = 512 * 1024;

    /// <summary>How often it is looked whether the client of a waiting request is still there.</summary>
    private static readonly TimeSpan PresenceCheckInterval = TimeSpan.FromSeconds(1);

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
        using var deadline = new Deadline(cancellationToken);
        await using var stream = await OpenStreamAsync(deadline).ConfigureAwait(false);
        using var frames = new RequestFrames(stream, _options.TransferTimeout, services.Memory, deadline);
        using var response = new ResponseWriter(services.Memory, services.GrowthMemory);
        if (identity.Sasl is { } sasl && !await AuthenticateAsync(stream, sasl, frames, response, deadline).ConfigureAwait(false))
        {
            return;
        }

        while (await frames.ReadAsync(_options.MaxRequestSize, _options.ConnectionIdleTimeout).ConfigureAwait(false) is { } frame
            && await ServeAsync(stream, frame, response, deadline).ConfigureAwait(false))
        {
        }
    }

    private async ValueTask<Stream> OpenStreamAsync(Deadline deadline)
    {
        var plain = new NetworkStream(socket, ownsSocket: false);
        if (services.Security.Tls is not { } tls)
        {
            return plain;
        }

        var encrypted = new SslStream(plain);
        try
        {
            deadline.Start(_options.TransferTimeout);
            await encrypted.AuthenticateAsServerAsync(tls, deadline.Token).ConfigureAwait(false);
            deadline.Stop();
            return encrypted;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            throw MalformedRequestException.TlsHandshake(e);
        }
        finally
        {
            if (!encrypted.IsAuthenticated)
            {
                await encrypted.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Serves what may be asked before the client has proved who it is; false if it does not, or takes too long.</summary>
    private async ValueTask<bool> AuthenticateAsync(Stream stream, SaslSession sasl, RequestFrames frames, ResponseWriter response, Deadline deadline)
    {
        var start = Stopwatch.GetTimestamp();
        while (!sasl.IsAuthenticated)
        {
            var left = _options.TransferTimeout - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero ||
                await frames.ReadAsync(Math.Min(_options.MaxRequestSize, UnauthenticatedFrameSizeMax), left).ConfigureAwait(false) is not { } frame)
            {
                return false;
            }

            if (!sasl.AwaitsRawToken)
            {
                if (!await ServeAsync(stream, frame, response, deadline).ConfigureAwait(false))
                {
                    return false;
                }
            }
            else if ((await sasl.AuthenticateAsync(frame, deadline.Token).ConfigureAwait(false)).Error == ErrorCode.None)
            {
                response.Reset();
                await SendAsync(stream, response.Finish(), deadline).ConfigureAwait(false); // PLAIN's answer is an empty token
            }

            if (sasl.HasFailed)
            {
                services.AuthenticationFailed(identity.RemoteHost);
                return false;
            }
        }

        return true;
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
            if (!await WhileConnectedAsync(api.HandleAsync(request, response, deadline.Token), deadline).ConfigureAwait(false))
            {
                return false;
            }
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

    /// <summary>
    /// Awaits what may take minutes, as a long poll or a rebalance does; false if the client leaves meanwhile, so that it does not
    /// keep its place among the connections. Where it has sent more requests behind this one, its leaving is seen only after them.
    /// </summary>
    private async ValueTask<bool> WhileConnectedAsync(ValueTask handling, Deadline deadline)
    {
        if (handling.IsCompleted)
        {
            await handling.ConfigureAwait(false);
            return true;
        }

        var waiting = handling.AsTask();
        var left = false;
        while (!waiting.IsCompleted)
        {
            // Whether the wait or the request ended first is asked of the request itself: both may end in the same moment.
            await waiting.WaitAsync(PresenceCheckInterval).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!waiting.IsCompleted && !left && HasLeft())
            {
                left = true;
                deadline.EndNow();
            }
        }

        try
        {
            await waiting.ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (left)
        {
            return false;
        }
    }

    private bool HasLeft()
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Request header v1, or v2 with tagged fields; no request for a version of ApiVersions that is not served.</summary>
    private (KafkaApi Api, KafkaRequest? Request, int CorrelationId) ReadHeader(Memory<byte> frame)
    {
        var reader = new RequestReader(frame, flexible: false);
        var (key, version, correlationId) = (reader.ReadInt16(), reader.ReadInt16(), reader.ReadInt32());
        var api = services.Apis.Find(key) ?? throw MalformedRequestException.UnknownApi(key, version);
        if (identity.Sasl is { IsAuthenticated: false } && api.Key is not (ApiKey.ApiVersions or ApiKey.SaslHandshake or ApiKey.SaslAuthenticate))
        {
            throw MalformedRequestException.Unauthenticated(api.Key);
        }

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
