using Microsoft.Extensions.Options;

namespace StockAspire.Ingest.Loads;

/// <summary>The folder below which loads may read. Where a path leads is decided after its symbolic links are followed.</summary>
internal sealed class CsvRoot(IOptions<IngestOptions> options, IHostEnvironment environment)
{
    private const int LinksMax = 40;

    private readonly string _root = RealPath(Path.GetFullPath(options.Value.CsvRoot, environment.ContentRootPath), 0);

    /// <summary>The full path of a file below the root.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the path leads elsewhere. NOT_FOUND: there is no such file.</exception>
    public string Resolve(string path)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            throw IngestErrors.Invalid("path", "expected the path of a file below Ingest:CsvRoot, got nothing");
        }

        var full = RealPath(Path.GetFullPath(Path.Combine(_root, path)), 0);
        if (!full.StartsWith(_root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw IngestErrors.Invalid("path", $"expected a path below Ingest:CsvRoot, got \"{path}\", which leads out of it");
        }

        return File.Exists(full) ? full : throw IngestErrors.NotFound("Below Ingest:CsvRoot, the file", path);
    }

    private static string RealPath(string path, int links)
    {
        var resolved = Path.GetPathRoot(path)!;
        foreach (var part in path[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            if (new FileInfo(resolved).LinkTarget is { } target)
            {
                resolved = links < LinksMax
                    ? RealPath(Path.GetFullPath(target, Path.GetDirectoryName(resolved)!), links + 1)
                    : throw IngestErrors.Invalid("path", $"expected at most {LinksMax} symbolic links");
            }
        }

        return resolved;
    }
}
