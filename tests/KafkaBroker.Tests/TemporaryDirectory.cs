namespace StockAspire.KafkaBroker.Tests;

/// <summary>A fresh folder that is removed at the end of the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("broker-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
