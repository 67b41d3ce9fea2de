using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using StockAspire.Cql.Protocol;

namespace StockAspire.Cql.Tests.Fakes;

internal enum Reaction
{
    Delay,
    Drop,

    /// <summary>Half of the frame, then the end.</summary>
    Truncate,

    /// <summary>After the next frame.</summary>
    Reorder,
    Rewrite,
}

/// <summary>What is done to the next frames of an opcode.</summary>
internal sealed class ProxyRule(Opcode opcode, int times, Reaction reaction)
{
    private readonly Lock _gate = new();
    private int _left = times;

    public Reaction Reaction { get; } = reaction;

    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Changes the frame, header included.</summary>
    public Action<byte[]> Rewrite { get; init; } = _ => { };

    /// <summary>How often it was applied.</summary>
    public int Count { get; private set; }

    public bool TryApply(Opcode actual)
    {
        lock (_gate)
        {
            if (actual != opcode || _left == 0)
                return false;
            _left--;
            Count++;
            return true;
        }
    }
}

/// <summary>Stands between a client and a node, and treats frames by rule; all others pass as they are. Version 4.</summary>
internal sealed class FrameProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _node;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly Task _accepting;

    public FrameProxy(IPEndPoint node)
    {
        _node = node;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string ContactPoint => _listener.LocalEndpoint.ToString()!;

    public ConcurrentBag<ProxyRule> Rules { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Stop();
        foreach (var client in _clients)
            client.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                var node = new TcpClient { NoDelay = true };
                client.NoDelay = true;
                _clients.Add(client);
                _clients.Add(node);
                await node.ConnectAsync(_node, _stopping.Token);
                _ = PumpAsync(client, node);
                _ = PumpAsync(node, client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to)
    {
        try
        {
            var source = from.GetStream();
            var target = to.GetStream();
            byte[]? held = null;
            var header = new byte[FrameHeader.Size];
            while (await source.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, _stopping.Token) == header.Length)
            {
                Assert.True(FrameHeader.TryRead(header, GrowingBuffer.SizeMax, out var parsed));
                var frame = new byte[header.Length + parsed.BodySize];
                header.CopyTo(frame, 0);
                await source.ReadExactlyAsync(frame.AsMemory(header.Length), _stopping.Token);
                var rule = Rules.FirstOrDefault(rule => rule.TryApply(parsed.Opcode));
                switch (rule?.Reaction)
                {
                    case Reaction.Drop:
                        continue;
                    case Reaction.Truncate:
                        await target.WriteAsync(frame.AsMemory(0, frame.Length / 2), _stopping.Token);
                        return;
                    case Reaction.Reorder when held is null:
                        held = frame;
                        continue;
                    case Reaction.Delay:
                        await Task.Delay(rule.Delay, _stopping.Token);
                        break;
                    case Reaction.Rewrite:
                        rule.Rewrite(frame);
                        break;
                }

                await target.WriteAsync(frame, _stopping.Token);
                if (held is not null)
                    await target.WriteAsync(held, _stopping.Token);
                held = null;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone; so is the other, below.
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
