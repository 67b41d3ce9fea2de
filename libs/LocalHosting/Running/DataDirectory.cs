using System.Globalization;

namespace StockAspire.LocalHosting;

/// <summary>
/// The folder of one running application. The lock belongs to this process, not to a file's existence: the system
/// drops it however the process ends.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream fileLock)
    {
        Path = path;
        _lock = fileLock;
    }

    internal string Path { get; }

    internal string Logs => System.IO.Path.Combine(Path, "logs");

    /// <exception cref="DistributedApplicationException">Another process runs on this folder, or it cannot be written.</exception>
    internal static DataDirectory Open(string path)
    {
        var pidPath = System.IO.Path.Combine(path, "apphost.pid");
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, "logs"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException($"The data directory {path} cannot be made: {exception.Message} Set AppHost:DataDirectory to another.");
        }

        FileStream fileLock;
        try
        {
            fileLock = new FileStream(System.IO.Path.Combine(path, "apphost.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DistributedApplicationException($"The data directory {path} cannot be written: {exception.Message} Set AppHost:DataDirectory to another.");
        }
        catch (IOException exception)
        {
            var owner = File.Exists(pidPath) ? $"pid {File.ReadAllText(pidPath).Trim()}" : $"pid unknown ({exception.Message})";
            throw new DistributedApplicationException(
                $"Another AppHost, {owner}, runs on the data directory {path}. Stop it, or set AppHost:DataDirectory to another.");
        }
        File.WriteAllText(pidPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new DataDirectory(path, fileLock);
    }

    public void Dispose()
    {
        File.Delete(System.IO.Path.Combine(Path, "apphost.pid"));
        _lock.Dispose();
    }
}
