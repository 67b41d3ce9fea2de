using System.IO.Compression;
using System.IO.Hashing;

namespace StockAspire.Feeds;

/// <summary>
/// A file of rows: CSV, or a zip archive whose entries *.csv are read one after another in the order of their names
/// (ordinal). Or a stream of CSV that can be read once, such as standard input. Not thread-safe.
/// </summary>
public sealed class FeedFile : IDisposable
{
    /// <summary>What the CLI calls standard input.</summary>
    public const string StandardInput = "-";

    private const int CopyBufferSize = 1 << 20;

    private readonly Stream _stream;
    private readonly ZipArchive? _archive;
    private bool _taken;

    private FeedFile(string name, Stream stream, ZipArchive? archive, IReadOnlyList<FeedEntry> entries)
    {
        Name = name;
        _stream = stream;
        _archive = archive;
        Entries = entries;
        foreach (var entry in entries)
        {
            SizeBytes += entry.SizeBytes;
        }
    }

    /// <summary>The file's name without folders, by which formats are recognised.</summary>
    public string Name { get; }

    /// <summary>Uncompressed size, as the file or archive states it; 0 for a stream.</summary>
    public long SizeBytes { get; }

    /// <summary>XXH128 of the file's bytes as they are (of the archive, where it is one); null for a stream.</summary>
    public UInt128? ContentHash { get; private init; }

    internal IReadOnlyList<FeedEntry> Entries { get; }

    /// <summary>Opens and hashes the file, which no one should write meanwhile.</summary>
    /// <exception cref="FeedException">The file is not there, cannot be read, or is an archive without CSV.</exception>
    public static FeedFile Open(string path)
    {
        var name = Path.GetFileName(path);
        FileStream? stream = null;
        ZipArchive? archive = null;
        try
        {
            // Its own buffer would only copy once more: hashing and reading go in large pieces.
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            var hash = Hash(stream);
            stream.Position = 0;
            archive = HasZipSignature(stream) ? new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true) : null;
            FeedEntry[] entries = archive is null ? [new FeedEntry(string.Empty, stream.Length, null)] : CsvEntries(archive);
            return entries.Length == 0
                ? throw FeedException.NoCsvEntry(name)
                : new FeedFile(name, stream, archive, entries) { ContentHash = hash };
        }
        catch (Exception reason)
        {
            archive?.Dispose();
            stream?.Dispose();
            if (reason is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
            {
                throw FeedException.Unreadable(path, reason);
            }

            throw;
        }
    }

    /// <summary>CSV from a stream; its source has to be named, since its bytes are not known before they are read.</summary>
    /// <param name="stream">Read once, from where it is; disposed with this object.</param>
    /// <param name="name">For messages and for recognising the format.</param>
    public static FeedFile FromStream(Stream stream, string name) =>
        new(name, stream, null, [new FeedEntry(string.Empty, 0, null)]);

    public void Dispose()
    {
        _archive?.Dispose();
        _stream.Dispose();
    }

    internal Stream OpenEntry(FeedEntry entry)
    {
        try
        {
            if (entry.Zip is not null)
            {
                return new CheckedZipStream(entry.Zip);
            }

            if (_stream.CanSeek && ContentHash is not null)
            {
                _stream.Position = 0;
            }
            else if (_taken)
            {
                throw FeedException.ReadTwice(Name);
            }

            _taken = true;
            return _stream;
        }
        catch (Exception reason) when (reason is IOException or InvalidDataException or NotSupportedException)
        {
            throw FeedException.Unreadable(Name, reason);
        }
    }

    private static UInt128 Hash(FileStream stream)
    {
        var hash = new XxHash128();
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(CopyBufferSize);
        try
        {
            for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            {
                hash.Append(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }

        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>Local file header or, of an empty archive, end of central directory (APPNOTE.TXT 4.3.7, 4.3.16).</summary>
    private static bool HasZipSignature(FileStream stream)
    {
        Span<byte> signature = stackalloc byte[4];
        var size = stream.ReadAtLeast(signature, signature.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return size == signature.Length && (signature.SequenceEqual("PK\x03\x04"u8) || signature.SequenceEqual("PK\x05\x06"u8));
    }

    private static FeedEntry[] CsvEntries(ZipArchive archive) =>
    [
        .. archive.Entries
            .Where(entry => entry.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            .OrderBy(entry => entry.FullName, StringComparer.Ordinal)
            .Select(entry => new FeedEntry(entry.FullName, entry.Length, entry)),
    ];
}
