using System.Globalization;
using StockAspire.TickStore;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Pipeline;

/// <summary>What keeps the pipeline from doing what it promises, or may: each finding says what to do.</summary>
internal sealed class PipelineDiagnosis(PipelineMonitor monitor, Reachability reachability, ITickStore store)
{
    /// <summary>A Sink that is at work stores within seconds; ticks that have waited longer wait for someone.</summary>
    private static readonly TimeSpan UnstoredAgeMax = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(5);

    public async Task<Wire.DiagnoseResponse> DiagnoseAsync(CancellationToken cancellationToken)
    {
        var status = monitor.GetStatus();
        var response = new Wire.DiagnoseResponse();
        response.Diagnoses.Add(OfKafka(status));
        response.Diagnoses.Add(OfSink(status));
        response.Diagnoses.Add(OfDeadLetters(status));
        response.Diagnoses.AddRange(await OfStoreAsync(cancellationToken));
        return response;
    }

    private Wire.Diagnosis OfKafka(Wire.GetPipelineStatusResponse status) => reachability.Kafka.Problem is { } problem
        ? Failure("kafka", $"{problem} Is it running, and is ConnectionStrings:kafka right?")
        : Ok("kafka", Text($"reached; topic ticks has {status.Partitions.Count} partitions"));

    private static Wire.Diagnosis OfSink(Wire.GetPipelineStatusResponse status)
    {
        var age = TimeSpan.FromMilliseconds(status.OldestUnstoredAgeMs);
        var blocks = status.Partitions.Sum(partition => partition.Lag);
        return age > UnstoredAgeMax
            ? Failure("sink", Text($"{blocks} blocks wait to be stored, the oldest for {age.TotalSeconds:N0} s. Is a Sink running, and does it reach the store? Its log says"))
            : Ok("sink", blocks == 0 ? "everything published is stored" : Text($"{blocks} blocks are on their way into the store"));
    }

    private static Wire.Diagnosis OfDeadLetters(Wire.GetPipelineStatusResponse status) => status.DeadLetters > 0
        ? Warning("dead letters", Text($"{status.DeadLetters} rows can never be stored as they are; `stockaspire dead-letters list` shows them"))
        : Ok("dead letters", "none");

    private async Task<IReadOnlyList<Wire.Diagnosis>> OfStoreAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StoreTimeout);
        try
        {
            var findings = await store.DiagnoseAsync(limit.Token);
            return findings.Count == 0 ? [Ok("store", "reached, and set up to keep what it acknowledges")] : [.. findings.Select(finding => Warning("store", finding))];
        }
        catch (TickStoreUnavailableException exception)
        {
            return [Failure("store", $"The tick store cannot be reached: {exception.Message} Is it running, and is ConnectionStrings:tickstore right?")];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [Failure("store", Text($"The tick store does not answer within {StoreTimeout.TotalSeconds} s"))];
        }
    }

    private static Wire.Diagnosis Ok(string part, string message) => new() { Part = part, State = Wire.DiagnosisState.Ok, Message = message };

    private static Wire.Diagnosis Warning(string part, string message) => new() { Part = part, State = Wire.DiagnosisState.Warning, Message = message };

    private static Wire.Diagnosis Failure(string part, string message) => new() { Part = part, State = Wire.DiagnosisState.Failure, Message = message };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
