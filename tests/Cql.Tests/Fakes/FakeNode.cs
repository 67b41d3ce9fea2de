using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql.Tests.Fakes;

/// <summary>A node that speaks the protocol, in this process: what it answers is up to the test, and what tests leave open is answered well.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly ConcurrentDictionary<TcpClient, NetworkStream> _connections = new();
    private readonly FakeCluster _cluster;
    private CancellationTokenSource _stopping = new();
    private TcpListener _listener;
    private Task _accepting;

    /// <param name="port">0 for a free one.</param>
    public FakeNode(FakeCluster cluster, IPAddress address, int port)
    {
        _cluster = cluster;
        _listener = new TcpListener(address, port);
        _listener.Start();
        Endpoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync(_stopping.Token);
    }

    public IPEndPoint Endpoint { get; }

    public Guid HostId { get; } = Guid.NewGuid();

    public string Datacenter { get; init; } = "dc1";

    public string Rack { get; init; } = "r1";

    public long[] Tokens { get; init; } = [0];

    public Guid SchemaVersion { get; set; }

    /// <summary>All it was asked but OPTIONS, in order.</summary>
    public ConcurrentQueue<FakeRequest> Requests { get; } = new();

    /// <summary>Heartbeats and the first question of each connection.</summary>
    public int OptionsCount;

    /// <summary>Asked first. A null task leaves the answer to the node; a null answer is none at all.</summary>
    public Func<FakeRequest, Task<FakeAnswer?>?>? Handler { get; set; }

    /// <summary>A frozen node takes connections, as its kernel does, and says nothing more.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>A stuck node does not even read.</summary>
    public TaskCompletionSource? Stuck { get; set; }

    public string? Password { get; set; }

    public int ConnectionCount => _connections.Count;

    public int CountOf(Opcode opcode) => Requests.Count(request => request.Opcode == opcode);

    public async Task SendEventAsync(EventResponse @event)
    {
        foreach (var stream in _connections.Values)
            await SendAsync(stream, new FakeAnswer(Opcode.Event, @event.Write), FrameHeader.EventStreamId);
    }

    /// <summary>Sends raw bytes to every client.</summary>
    public async Task SendRawAsync(byte[] bytes)
    {
        foreach (var stream in _connections.Values)
            await stream.WriteAsync(bytes);
    }

    public void CloseConnections()
    {
        foreach (var client in _connections.Keys)
            client.Dispose();
    }

    public async Task StopAsync()
    {
        // It accepts no more before it stops listening: who was accepted last is closed too.
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Stop();
        CloseConnections();
    }

    public void Restart()
    {
        _stopping = new CancellationTokenSource();
        _listener = new TcpListener(Endpoint);
        _listener.Start();
        _accepting = AcceptAsync(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Stuck?.TrySetResult();
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(cancel);
                client.NoDelay = true;
                var stream = client.GetStream();
                _connections[client] = stream;
                _ = ServeAsync(client, stream, cancel);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client, NetworkStream stream, CancellationToken cancel)
    {
        try
        {
            using var reader = new FrameReader(stream, GrowingBuffer.SizeMax);
            while (await reader.ReadAsync(cancel) is { } frame)
            {
                var request = new FakeRequest(this, frame.Header, frame.Span.ToArray());
                frame.Dispose();
                if (Stuck is { } stuck)
                    await stuck.Task;
                if (request.Opcode == Opcode.Options)
                    Interlocked.Increment(ref OptionsCount);
                else
                    Requests.Enqueue(request);
                if (!IsFrozen)
                    _ = AnswerAsync(stream, request);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or CqlProtocolException)
        {
            // The client is gone, or the node is.
        }
        finally
        {
            _connections.TryRemove(client, out _);
            client.Dispose();
        }
    }

    private async Task AnswerAsync(NetworkStream stream, FakeRequest request)
    {
        try
        {
            var answer = Handler?.Invoke(request) is { } task ? await task : _cluster.Answer(request);
            if (answer is not null)
                await SendAsync(stream, answer, request.Header.StreamId);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client is gone.
        }
    }

    private static Task SendAsync(NetworkStream stream, FakeAnswer answer, short streamId)
    {
        using var frame = new GrowingBuffer();
        frame.Take(FrameHeader.Size);
        answer.Write(frame);
        new FrameHeader(ProtocolVersion.V4, IsResponse: true, answer.Flags, streamId, answer.Opcode, frame.Size - FrameHeader.Size).Write(frame.At(0, FrameHeader.Size));
        var bytes = frame.Written.ToArray();
        lock (stream)
            stream.Write(bytes);
        return Task.CompletedTask;
    }
}
