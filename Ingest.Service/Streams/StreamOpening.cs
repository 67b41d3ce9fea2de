using System.Globalization;
using StockAspire.Ingest.Sources;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Ingest.Streams;

/// <summary>Opens what a client asks for.</summary>
internal sealed class StreamOpening(SessionRegistry sessions, SourceCatalog catalog, KafkaStartup kafka, TimeProvider time, ILogger<StreamOpening> logger)
{
    private const int PathLengthMax = 1_024;
    private const int MappingLengthMax = 16_384;

    /// <exception cref="Grpc.Core.RpcException">The name is not a client's to use, or what <see cref="SessionRegistry.OpenAsync"/> throws.</exception>
    public async Task<TickStream> OpenAsync(StreamOpen open, bool keepsRejects, CancellationToken cancellationToken)
    {
        kafka.ThrowIfNotReady();
        var source = open.Source.Length == 0 ? SourceName.Session(Ulid.NewUlid().ToString()) : CheckName(open.Source);
        CheckLength("open.path", open.Path, PathLengthMax);
        CheckLength("open.content_hash", open.ContentHash, PathLengthMax);
        CheckLength("open.mapping", open.Mapping, MappingLengthMax);
        var outbox = new StreamOutbox(keepsRejects);
        try
        {
            if (open.Path.Length > 0)
            {
                await RecordAsync(source, open, cancellationToken);
            }

            var request = new SessionRequest { Source = source, Epoch = open.Epoch, First = open.FirstSequence, Acknowledged = outbox.Acknowledge };
            var session = await sessions.OpenAsync(request, cancellationToken);
            IngestLog.StreamOpened(logger, source, open.Epoch, session.Next);
            return new TickStream(session, sessions.CreateEncoder(session), outbox, open.Path, time);
        }
        catch (Exception exception) when (IngestErrors.From(exception) is { } error)
        {
            throw error;
        }
    }

    private static string CheckName(string source)
    {
        if (TickLimits.CheckText("open.source", source, TickLimits.SourceSizeMax) is { } fault)
        {
            throw IngestErrors.Invalid(fault);
        }

        return SourceName.IsReserved(source)
            ? throw IngestErrors.Invalid("open.source", $"expected a name of your own, got \"{source}\", whose prefix the service gives out itself")
            : source;
    }

    private static void CheckLength(string field, string text, int lengthMax)
    {
        if (text.Length > lengthMax)
        {
            throw IngestErrors.Invalid(field, string.Create(CultureInfo.InvariantCulture, $"expected at most {lengthMax} characters, got {text.Length}"));
        }
    }

    /// <summary>What a client reads from is on record before the source's first tick.</summary>
    private async Task RecordAsync(string source, StreamOpen open, CancellationToken cancellationToken)
    {
        await catalog.CaughtUpAsync(cancellationToken);
        if (catalog.Find(source) is null)
        {
            var record = new SourceRecord
            {
                Source = source,
                Mode = LoadMode.Load,
                Path = open.Path,
                ContentHash = open.ContentHash,
                Mapping = open.Mapping,

                // Only the client knows when it has sent its file.
                State = LoadState.Unspecified,
                CreatedAtNs = time.NowNs(),
            };
            await catalog.WriteAsync(record, cancellationToken);
        }
    }
}
