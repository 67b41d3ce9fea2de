namespace StockAspire.KafkaBroker.Storage;

/// <summary>
/// Replaces a small file whole: a reader, or a start after a crash, sees the old content or the new, never a mixture. Where the
/// disk is full the old content stays, and nothing is left that takes space.
/// </summary>
internal static class AtomicFile
{
    /// <summary>Suffix of files that a crash may leave half written; a start ignores and removes them.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <param name="path">The file to replace.</param>
    /// <param name="content">Its new content.</param>
    /// <param name="durable">True to have bytes and name on the disk when this returns (fsync of both).</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool durable)
    {
        var temporary = path + TemporarySuffix;
        try
        {
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
        catch (IOException)
        {
            TryDelete(temporary);
            throw;
        }

        if (durable)
        {
            FolderFlush.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next write or start replaces it.
        }
    }
}
