using System.Diagnostics;
using StockAspire.Ingest.Publishing;
using StockAspire.Market;

namespace StockAspire.Ingest.Loads;

/// <summary>Puts a load's rows into chunks and sends them; chunks of a file end where its seals do. Not thread-safe.</summary>
internal sealed class LoadSender(SourceSession session, ChunkEncoder encoder, ActivityContext parent)
{
    private ulong _next = session.Next;

    /// <summary>The sequence that is due.</summary>
    public ulong Next => _next;

    public bool MustFlush => encoder.IsFull || (session.IsAligned && encoder.Count > 0 && SessionSettings.IsBoundary(_next));

    /// <summary>Adds a tick whose fields are checked; its sequence is <see cref="Next"/>.</summary>
    public void Add(in Tick tick)
    {
        encoder.AddChecked(tick);
        _next++;
    }

    public void AddRefused(DeadLetter letter)
    {
        encoder.AddRefused(letter);
        _next++;
    }

    /// <exception cref="OperationCanceledException">Cancelled, or the session was closed.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (encoder.Build(parent) is { } chunk)
        {
            await session.SendAsync(chunk, cancellationToken);
        }
    }
}
