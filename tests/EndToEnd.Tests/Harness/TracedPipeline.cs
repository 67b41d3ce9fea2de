namespace StockAspire.EndToEnd.Tests.Harness;

/// <summary>A pipeline whose spans all come to one collector.</summary>
public sealed class TracedPipeline : IAsyncLifetime
{
    private Pipeline? _pipeline;

    internal SpanCollector Collector { get; } = new();

    internal Pipeline Pipeline => _pipeline ?? throw new InvalidOperationException("The pipeline is not running.");

    /// <summary>Where loads read.</summary>
    internal string CsvFolder { get; } = Directory.CreateTempSubdirectory("stockaspire-traced-").FullName;

    public async ValueTask InitializeAsync() => _pipeline = await Pipeline.StartAsync(
        $"OTEL_EXPORTER_OTLP_ENDPOINT={Collector.Endpoint}", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", $"Ingest:CsvRoot={CsvFolder}");

    public async ValueTask DisposeAsync()
    {
        if (_pipeline is not null)
        {
            await _pipeline.DisposeAsync();
        }

        await Collector.DisposeAsync();
        Directory.Delete(CsvFolder, recursive: true);
    }
}
