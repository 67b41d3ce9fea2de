namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>The files of a folder as they were at one moment, to damage and restore again and again.</summary>
internal sealed class SavedFolder
{
    private readonly Dictionary<string, byte[]> _files;

    private SavedFolder(string path)
    {
        Path = path;
        _files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllBytes);
    }

    public string Path { get; }

    public IEnumerable<string> Files => _files.Keys.Order(StringComparer.Ordinal);

    public static SavedFolder Of(string path) => new(path);

    public byte[] Content(string file) => _files[file];

    /// <summary>Removes what came since, and writes back what changed; <paramref name="file"/> gets the damaged content instead.</summary>
    public void RestoreWith(string file, byte[]? damaged)
    {
        foreach (var other in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Where(f => !_files.ContainsKey(f)))
        {
            File.Delete(other);
        }

        foreach (var (path, content) in _files)
        {
            var info = new FileInfo(path);
            if (path != file && (!info.Exists || info.Length != content.Length || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content)))
            {
                File.WriteAllBytes(path, content);
            }
        }

        if (damaged is null)
        {
            File.Delete(file);
        }
        else
        {
            File.WriteAllBytes(file, damaged);
        }
    }

    /// <summary>All single damages of a file from a position on: cut there, one bit flipped, zeros from there; and the file lost.</summary>
    public IEnumerable<(string Name, int Position, byte[]? Content)> Damages(string file, int from = 0)
    {
        var content = _files[file];
        yield return ("lost", 0, null);
        for (var position = from; position < content.Length; position++)
        {
            yield return ("cut", position, content[..position]);
            foreach (var mask in new byte[] { 0x01, 0x80 })
            {
                var flipped = content.ToArray();
                flipped[position] ^= mask;
                yield return ($"flip {mask:x2}", position, flipped);
            }

            var zeroed = content.ToArray();
            Array.Clear(zeroed, position, zeroed.Length - position);
            if (content.AsSpan(position).ContainsAnyExcept((byte)0))
            {
                yield return ("zeros", position, zeroed);
            }
        }

        yield return ("zeros behind", content.Length, [.. content, .. new byte[100]]);
        yield return ("noise behind", content.Length, [.. content, .. Enumerable.Range(0, 100).Select(i => (byte)(i * 37 + 11))]);
    }
}
