using System.Net;
using System.Net.Sockets;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql.Connections;

internal sealed partial class CqlConnection
{
    private const string CqlVersion = "3.0.0";

    /// <summary>Connects, secures, starts up and authenticates, all within the connect timeout.</summary>
    /// <param name="name">What the node is called, for the check of its certificate.</param>
    /// <param name="keyspace">To USE, or null.</param>
    /// <exception cref="CqlConnectionException">No connection could be made.</exception>
    /// <exception cref="CqlServerException">The server refused it; <see cref="CqlErrorCode.BadCredentials"/> among others.</exception>
    public static async Task<CqlConnection> OpenAsync(
        IPEndPoint endpoint, string name, string? keyspace, ConnectionSettings settings, Action<EventResponse>? onEvent, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(settings.Options.ConnectTimeout);
        CqlConnection? connection = null;
        try
        {
            connection = new CqlConnection(endpoint, await ConnectAsync(endpoint, name, settings, limit.Token), settings, onEvent);
            await connection.StartAsync(keyspace, limit.Token);
            return connection;
        }
        catch (Exception exception)
        {
            if (connection is not null)
                await connection.DisposeAsync();
            throw exception switch
            {
                OperationCanceledException when !cancel.IsCancellationRequested =>
                    new CqlConnectionException($"No connection to {endpoint} in {settings.Options.ConnectTimeout}.", exception, wasSent: false) { Host = endpoint },
                CqlException or OperationCanceledException => exception,
                _ => new CqlConnectionException($"No connection to {endpoint}: {exception.Message}", exception, wasSent: false) { Host = endpoint },
            };
        }
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint endpoint, string name, ConnectionSettings settings, CancellationToken cancel)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancel);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            return settings.Tls is null ? stream : await settings.Tls.SecureAsync(stream, name, cancel);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task StartAsync(string? keyspace, CancellationToken cancel)
    {
        using (var supported = await ExchangeAsync(default(OptionsRequest), cancel))
            Supported = ReadSupported(Expect(supported, Opcode.Supported));

        var answer = await ExchangeAsync(new StartupRequest(StartupOptions()), cancel);
        string? authenticator;
        using (answer)
            authenticator = answer.Header.Opcode == Opcode.Ready ? null : ReadAuthenticator(Expect(answer, Opcode.Authenticate));

        // From here on, version 5 travels in segments.
        if (Version >= ProtocolVersion.V5)
        {
            _isSegmented = true;
            var first = _reader;
            _reader = new FrameReader(new SegmentReadStream(_stream, _isCompressing, first.Unread.ToArray()), _settings.Options.FrameSizeMax);
            first.Dispose();
        }

        StartReading();
        if (authenticator is not null)
            await AuthenticateAsync(authenticator, cancel);
        if (keyspace is not null)
            (await SendAsync(new QueryRequest($"USE {CqlIdentifier.Quote(keyspace)}", new QueryParameters(CqlConsistency.One)), default, _settings.Options.ConnectTimeout, cancel)).Dispose();
    }

    private Dictionary<string, string> StartupOptions()
    {
        var options = new Dictionary<string, string>
        {
            [StartupRequest.CqlVersion] = CqlVersion,
            [StartupRequest.DriverName] = "StockAspire.Cql",
            [StartupRequest.DriverVersion] = typeof(CqlConnection).Assembly.GetName().Version!.ToString(3),
        };
        if (_settings.Options.ThrowOnOverload)
            options[StartupRequest.ThrowOnOverload] = "1";
        if (_settings.Options.UseCompression && Supported.TryGetValue(StartupRequest.Compression, out var algorithms) && algorithms.Contains(Lz4.Name))
        {
            options[StartupRequest.Compression] = Lz4.Name;
            _isCompressing = true;
        }

        return options;
    }

    private async Task AuthenticateAsync(string authenticator, CancellationToken cancel)
    {
        var options = _settings.Options;
        if (options.User is null)
            throw new CqlConnectionException($"{Endpoint} asks for credentials ({authenticator}), and none are set.", wasSent: false) { Host = Endpoint };

        var password = options.ReadPassword is { } read ? await read(cancel) : options.Password!;
        using var answer = await SendAsync(AuthResponseRequest.Plain(options.User, password), default, options.ConnectTimeout, cancel);

        // A challenge would be of another mechanism than PLAIN.
        Expect(answer, Opcode.AuthSuccess);
    }

    /// <summary>One request and its answer, before there are loops for them. Never compressed.</summary>
    private async Task<ResponseBody> ExchangeAsync<T>(T request, CancellationToken cancel)
        where T : IRequest
    {
        using var frame = new GrowingBuffer();
        frame.Take(FrameHeader.Size);
        request.Write(frame, Version);
        new FrameHeader(Version, IsResponse: false, FrameFlags.None, 0, request.Opcode, frame.Size - FrameHeader.Size).Write(frame.At(0, FrameHeader.Size));
        await _stream.WriteAsync(frame.WrittenMemory, cancel);
        var body = await _reader.ReadAsync(cancel) ??
            throw new CqlConnectionException($"{Endpoint} closed the connection instead of answering {request.Opcode}.", wasSent: false) { Host = Endpoint };
        return body.Header.Opcode == Opcode.Error ? throw ReadError(body) : body;
    }

    private static ResponseBody Expect(ResponseBody body, Opcode expected) => body.Header.Opcode == expected
        ? body
        : throw new CqlProtocolException($"{body.Header.Opcode} came, expected {expected}.");

    private static IReadOnlyDictionary<string, string[]> ReadSupported(ResponseBody body)
    {
        var reader = new BodyReader(body.Span);
        return SupportedResponse.Read(ref reader).Options;
    }

    private static string ReadAuthenticator(ResponseBody body)
    {
        var reader = new BodyReader(body.Span);
        return AuthenticateResponse.Read(ref reader).Authenticator;
    }
}
