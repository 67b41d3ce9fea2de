using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using StockAspire.KafkaBroker.Tests.Storage;

namespace StockAspire.KafkaBroker.Tests.Processes;

/// <summary>
/// An ext4 of its own in an image file, whose power can be cut: what the system has not yet brought to it is gone, file contents
/// and names alike, as far as its journal does not bring them back. Only the superuser of a Linux can have one.
/// </summary>
internal sealed partial class CrashDisk : IDisposable
{
    private const int SizeMiB = 512;

    /// <summary>EXT4_IOC_SHUTDOWN, _IOR('X', 125, __u32); Linux, fs/ext4/ext4.h.</summary>
    private const nuint Shutdown = 0x8004587D;

    /// <summary>EXT4_GOING_FLAGS_NOLOGFLUSH: at once, and without what the journal has not written yet.</summary>
    private const uint WithoutLogFlush = 2;

    private readonly TemporaryDirectory _directory = new();
    private readonly string _options;

    private CrashDisk(string options) => _options = options;

    /// <summary>A folder on the disk.</summary>
    public string Folder => Path.Combine(MountPoint, "data");

    private string MountPoint => Path.Combine(_directory.Path, "disk");

    /// <summary>Any file on the disk will do to name it to the system.</summary>
    private string Switch => Path.Combine(MountPoint, "switch");

    private string Image => Path.Combine(_directory.Path, "image");

    /// <summary>Makes and mounts the disk, or skips the test with the reason why that cannot be.</summary>
    /// <param name="data">How the journal treats file contents, data= of the mount: ordered or writeback.</param>
    public static CrashDisk Mount(string data)
    {
        MountCommand.SkipUnlessAllowed();
        var disk = new CrashDisk($"loop,data={data}");
        Directory.CreateDirectory(disk.MountPoint);
        using (var image = File.OpenHandle(disk.Image, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.SetLength(image, SizeMiB << 20);
        }

        try
        {
            if ((MountCommand.Run("mkfs.ext4", "-q", disk.Image) ?? disk.TryMount()) is { } error)
            {
                Assert.Skip($"No file system can be made here: {error}");
            }

            Directory.CreateDirectory(disk.Folder);
            File.WriteAllText(disk.Switch, "");
            Assert.Null(MountCommand.Run("sync", "-f", disk.Switch));
            return disk;
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }

    /// <summary>From now on nothing is written to the disk, and whoever tries gets an I/O error.</summary>
    public void CutPower()
    {
        using var file = File.OpenHandle(Switch, FileMode.Open, FileAccess.Read);
        var flags = WithoutLogFlush;
        if (IoControl(file, Shutdown, ref flags) != 0)
        {
            throw new IOException($"The disk cannot be shut down: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    /// <summary>Mounts it again, as the next start of the system would. Nobody may have a file of it open.</summary>
    public async Task RestoreAsync()
    {
        // The system lets go of a killed process's files a moment after the process.
        var limit = Stopwatch.StartNew();
        while (MountCommand.Run("umount", MountPoint) is { } busy)
        {
            Assert.True(limit.Elapsed < TimeSpan.FromMinutes(1), busy);
            await Task.Delay(20, CancellationToken.None);
        }

        Assert.Null(TryMount());
    }

    public void Dispose()
    {
        _ = MountCommand.Run("umount", "--lazy", MountPoint);
        _directory.Dispose();
    }

    private string? TryMount() => MountCommand.Run("mount", "-t", "ext4", "-o", _options, Image, MountPoint);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int IoControl(SafeFileHandle file, nuint request, ref uint argument);
}
