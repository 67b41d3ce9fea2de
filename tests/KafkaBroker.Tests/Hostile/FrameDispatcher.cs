using System.Diagnostics;
using StockAspire.KafkaBroker.Apis;
using StockAspire.KafkaBroker.Network;
using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Tests.Hostile;

/// <summary>
/// Serves frames as a connection does, without a socket: millions in a minute. A request that waits, as a long poll does, is left
/// waiting for a while and then given up. Not thread-safe.
/// </summary>
internal sealed class FrameDispatcher(ApiCatalog apis) : IAsyncDisposable
{
    /// <summary>Far above what any frame of this size should take, even on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private const int WaitingMax = 16;

    private static readonly ClientIdentity Identity = new("127.0.0.1", "127.0.0.1", 9092, Sasl: null);

    private readonly Queue<Waiting> _waiting = new();
    private readonly MemoryBudget _memory = new(64 << 20);
    private ResponseWriter? _idle;

    private sealed record Waiting(Task Request, ResponseWriter Response, CancellationTokenSource Cancellation);

    public long Answered { get; private set; }

    public long Refused { get; private set; }

    public TimeSpan Longest { get; private set; }

    /// <exception cref="InvalidOperationException">The frame caused something that no frame may.</exception>
    public async ValueTask ServeAsync(byte[] frame)
    {
        var start = Stopwatch.GetTimestamp();
        var response = _idle ?? new ResponseWriter(_memory, _memory);
        _idle = null;
        var cancellation = new CancellationTokenSource();
        var request = HandleAsync(frame, response, cancellation.Token);
        var taken = Stopwatch.GetElapsedTime(start);
        Longest = taken > Longest ? taken : Longest;
        if (taken > Limit)
        {
            throw new InvalidOperationException($"Took {taken}.");
        }

        if (request.IsCompleted)
        {
            cancellation.Dispose();
            await FinishAsync(request.AsTask(), response);
            return;
        }

        _waiting.Enqueue(new Waiting(request.AsTask(), response, cancellation));
        if (_waiting.Count > WaitingMax)
        {
            await GiveUpAsync(_waiting.Dequeue());
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_waiting.TryDequeue(out var waiting))
        {
            await GiveUpAsync(waiting);
        }

        _idle?.Dispose();
        Assert.Equal(0, _memory.Used);
    }

    private async ValueTask<bool> HandleAsync(byte[] frame, ResponseWriter response, CancellationToken cancellationToken)
    {
        var reader = new RequestReader(frame, flexible: false);
        var (key, version, correlationId) = (reader.ReadInt16(), reader.ReadInt16(), reader.ReadInt32());
        if (apis.Find(key) is not { } api || !api.Serves(version))
        {
            return false;
        }

        var clientId = reader.ReadHeaderString();
        var position = reader.Position;
        if (api.IsFlexible(version))
        {
            var tags = new RequestReader(frame.AsMemory(position), flexible: true);
            tags.SkipTags();
            position += tags.Position;
        }

        response.Reset();
        response.WriteInt32(correlationId);
        response.Flexible = api.IsFlexible(version);
        await api.HandleAsync(new KafkaRequest(version, response.Flexible, clientId, frame.AsMemory(position), Identity), response, cancellationToken);
        _ = response.Finish();
        return true;
    }

    private async Task GiveUpAsync(Waiting waiting)
    {
        await waiting.Cancellation.CancelAsync();
        await Task.WhenAny(waiting.Request).WaitAsync(Limit);
        waiting.Cancellation.Dispose();
        await FinishAsync((Task<bool>)waiting.Request, waiting.Response);
    }

    private async Task FinishAsync(Task<bool> request, ResponseWriter response)
    {
        try
        {
            var known = await request;
            Answered += known ? 1 : 0;
            Refused += known ? 0 : 1;
        }
        catch (Exception e) when (e is MalformedRequestException or AnswerTooLargeException)
        {
            Refused++;
        }
        catch (OperationCanceledException)
        {
            Answered++;
        }

        response.Reset();
        if (_idle is null)
        {
            _idle = response;
        }
        else
        {
            response.Dispose();
        }
    }
}
