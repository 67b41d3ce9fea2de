using System.Globalization;
using System.Text.Json;

namespace StockAspire.Cli.Servers;

internal enum Service
{
    Ingest,
    Query,
}

/// <summary>Finds where a service listens: <c>--address</c>, else the endpoints.json that a running AppHost keeps in its data folder.</summary>
internal static class Endpoints
{
    public const string FileName = "endpoints.json";
    public const string DataDirectoryName = ".stockaspire";
    public const string StartHint = "Start the pipeline with: dotnet run --project AppHost";

    /// <summary>One address for each replica of the service, in their order.</summary>
    /// <exception cref="CliException">The address is no URL, or there is no usable endpoints.json in <paramref name="dataDirectory"/>.</exception>
    public static IReadOnlyList<Uri> Find(Service service, string? address, string? dataDirectory, string currentDirectory)
    {
        if (address is not null)
        {
            return [Parse(address, "--address")];
        }

        var directory = dataDirectory is null ? FindDataDirectory(currentDirectory) : Path.GetFullPath(dataDirectory, currentDirectory);
        var file = directory is null ? null : Path.Combine(directory, FileName);
        if (file is not null && File.Exists(file))
        {
            return Read(file, service);
        }

        if (dataDirectory is not null)
        {
            throw CliException.Unreachable($"No pipeline runs with the data folder {directory}: it has no {FileName}. {StartHint}");
        }

        // Where AppHost:Ports puts them by default; whether anything answers there shows in a moment.
        return [new Uri(service == Service.Ingest ? "http://127.0.0.1:5102" : "http://127.0.0.1:5202")];
    }

    /// <summary>Where the dashboard of the AppHost shows its pages, without the token of its login; null where none runs.</summary>
    public static Uri? FindDashboard(string? dataDirectory, string currentDirectory)
    {
        var directory = dataDirectory is null ? FindDataDirectory(currentDirectory) : Path.GetFullPath(dataDirectory, currentDirectory);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory ?? string.Empty, FileName)));
            return document.RootElement.TryGetProperty("dashboard", out var url) && Uri.TryCreate(url.GetString(), UriKind.Absolute, out var address)
                ? new Uri(address.GetLeftPart(UriPartial.Authority))
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            // A link is a convenience: without a file to read there is none.
            return null;
        }
    }

    /// <summary>The folder .stockaspire of the nearest folder upwards that has one with an endpoints.json; null where none has.</summary>
    private static string? FindDataDirectory(string currentDirectory)
    {
        for (var directory = new DirectoryInfo(currentDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, DataDirectoryName);
            if (File.Exists(Path.Combine(candidate, FileName)))
            {
                return candidate;
            }

            // Above the repository's root nothing is ours.
            if (File.Exists(Path.Combine(directory.FullName, "StockAspire.sln")))
            {
                return null;
            }
        }

        return null;
    }

    private static List<Uri> Read(string file, Service service)
    {
        var name = service == Service.Ingest ? "ingest" : "query";
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var addresses = new List<Uri>();
            while (ReadUrl(document.RootElement, Replica(addresses.Count)) is { } url)
            {
                addresses.Add(Parse(url, $"{file}: {Replica(addresses.Count)}.grpc"));
            }

            if (addresses.Count > 0)
            {
                return addresses;
            }
        }
        catch (JsonException error)
        {
            throw CliException.Failure($"{file} is no JSON ({error.Message}). Give the service's URL with --address.");
        }

        throw CliException.Unreachable($"{file} names no {name}.grpc: that service is not up yet. Wait a moment, or give its URL with --address.");

        // query, query-2, query-3
        string Replica(int index) => index == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{index + 1}");
    }

    private static string? ReadUrl(JsonElement endpoints, string resource) =>
        endpoints.ValueKind == JsonValueKind.Object &&
        endpoints.TryGetProperty(resource, out var endpoint) && endpoint.ValueKind == JsonValueKind.Object &&
        endpoint.TryGetProperty("grpc", out var url) && url.ValueKind == JsonValueKind.String
            ? url.GetString()
            : null;

    private static Uri Parse(string text, string what) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw CliException.Usage($"{what}: expected a URL such as http://127.0.0.1:5202, got \"{text}\".");
}
