using System.Text.Json;

namespace StockAspire.LocalHosting;

/// <summary>Writes the deployment manifest instead of starting anything.</summary>
internal sealed class ManifestPublisher(
    IReadOnlyList<IResource> resources,
    PublishingOptions options,
    DistributedApplicationExecutionContext executionContext,
    IDistributedApplicationEventing eventing,
    IServiceProvider services)
{
    /// <exception cref="DistributedApplicationException">The file cannot be written.</exception>
    internal async Task PublishAsync(CancellationToken cancellationToken)
    {
        await eventing.PublishAsync(new BeforeStartEvent(services, new DistributedApplicationModel(resources)), cancellationToken);
        using var text = new MemoryStream();
        var json = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true });
        await using (json)
            await new ManifestWriter(json, Path.GetDirectoryName(options.ManifestPath)!, executionContext).WriteAsync(resources, cancellationToken);
        text.WriteByte((byte)'\n');
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(options.ManifestPath)!);
            await File.WriteAllBytesAsync(options.ManifestPath, text.ToArray(), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The manifest {options.ManifestPath} cannot be written: {exception.Message}");
        }
        Console.Out.WriteLine($"manifest: {options.ManifestPath}");
    }
}
