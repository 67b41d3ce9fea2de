namespace StockAspire.KafkaBroker.Storage;

/// <summary>Replaces a small file whole: a reader, or a start after a crash, sees the old content or the new, never a mixture.</summary>
internal static class AtomicFile
{
    /// <summary>Suffix of files that a crash may leave half written; a start ignores and removes them.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <param name="path">The file to replace.</param>
    /// <param name="content">Its new content.</param>
    /// <param name="durable">True to have the bytes on the disk before the name points to them (fsync).</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool durable)
    {
        var temporary = path + TemporarySuffix;
        using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, content, 0);
            if (durable)
            {
                RandomAccess.FlushToDisk(handle);
            }
        }

        File.Move(temporary, path, overwrite: true);
    }
}
