using Microsoft.Extensions.Options;

namespace StockAspire.Ingest.Streams;

/// <summary>Bounds the streams at a time. Thread-safe.</summary>
internal sealed class StreamLimiter(IOptions<IngestOptions> options)
{
    private readonly int _max = options.Value.MaxStreams;
    private int _count;

    /// <summary>Takes a place; dispose to give it back.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED: all are taken.</exception>
    public IDisposable Enter()
    {
        if (Interlocked.Increment(ref _count) > _max)
        {
            Interlocked.Decrement(ref _count);
            throw IngestErrors.TooManyStreams(_max);
        }

        return new Place(this);
    }

    private sealed class Place(StreamLimiter limiter) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                Interlocked.Decrement(ref limiter._count);
            }
        }
    }
}
