namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>A file system of its own of a few MiB, in memory, that can really be full. Only the superuser of a Linux can have one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryDirectory _mountPoint = new();

    private SmallDisk()
    {
    }

    public string Path => _mountPoint.Path;

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Mounts the disk, or skips the test with the reason why that cannot be.</summary>
    public static SmallDisk Mount(int sizeMiB)
    {
        MountCommand.SkipUnlessAllowed();
        var disk = new SmallDisk();
        if (MountCommand.Run("mount", "-t", "tmpfs", "-o", $"size={sizeMiB}m", "tmpfs", disk.Path) is { } error)
        {
            disk._mountPoint.Dispose();
            Assert.Skip($"No file system can be made here: {error}");
        }

        return disk;
    }

    /// <summary>Takes all space that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(page);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public void MakeRoom() => File.Delete(Filler);

    public void Dispose()
    {
        _ = MountCommand.Run("umount", "--lazy", Path);
        _mountPoint.Dispose();
    }
}
