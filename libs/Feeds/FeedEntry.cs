using System.IO.Compression;

namespace StockAspire.Feeds;

/// <summary>One CSV text of a file.</summary>
/// <param name="Name">Of an archive's entry; empty where the file itself is the text.</param>
/// <param name="SizeBytes">Uncompressed, as stated.</param>
internal sealed record FeedEntry(string Name, long SizeBytes, ZipArchiveEntry? Zip);
