using StockAspire.Ingest.Publishing;

namespace StockAspire.Ingest.Streams;

/// <summary>One client's stream while it is open: session, intake and outbox.</summary>
internal sealed class TickStream
{
    private readonly SourceSession _session;
    private readonly StreamIntake _intake;
    private readonly string _path;

    public TickStream(SourceSession session, ChunkEncoder encoder, StreamOutbox outbox, string path, TimeProvider time)
    {
        _session = session;
        _path = path;
        Outbox = outbox;
        _intake = new StreamIntake(session, encoder, outbox, time);
    }

    public string Source => _session.Source;

    /// <summary>The highest acknowledged sequence; null before there is one.</summary>
    public ulong? LastSequence => _session.LastSequence;

    public StreamOutbox Outbox { get; }

    /// <summary>
    /// Takes messages until the client has sent its last, then waits until all is acknowledged. Where the stream ends badly,
    /// what was taken before is still acknowledged first.
    /// </summary>
    /// <param name="next">Moves to the next message; false after the last.</param>
    /// <param name="takeAsync">Hands the current message to the intake.</param>
    /// <param name="cancellationToken">Cancelled when the client has gone.</param>
    public async Task RunAsync(
        Func<CancellationToken, Task<bool>> next, Func<StreamIntake, string, CancellationToken, ValueTask> takeAsync, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _session.Closed);
        try
        {
            while (await next(either.Token))
            {
                await takeAsync(_intake, _path, either.Token);
            }
        }
        catch (Exception) when (_session.ClosedBecause is { } because && !cancellationToken.IsCancellationRequested)
        {
            await FinishAsync(cancellationToken);
            throw IngestErrors.From(because) ?? because;
        }
        catch (Exception exception) when (IngestErrors.From(exception) is { } error)
        {
            await FinishAsync(cancellationToken);
            throw error;
        }
        finally
        {
            // A client that has gone leaves what it sent to be sealed.
            _session.Close();
        }

        await FinishAsync(cancellationToken);
        if (_session.ClosedBecause is { } reason)
        {
            throw IngestErrors.From(reason) ?? reason;
        }
    }

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        _session.Close();
        await _session.Completion.WaitAsync(cancellationToken);
    }
}
