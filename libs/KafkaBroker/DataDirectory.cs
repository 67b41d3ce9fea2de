using System.Globalization;
using System.Text;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker;

/// <summary>
/// The broker's folder, held by one process at a time; knows whether the last stop was a clean one, and the cluster's id. The
/// lock is the operating system's: it ends with the process, however that ends.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lockFile;

    private DataDirectory(string path, FileStream lockFile)
    {
        Path = path;
        _lockFile = lockFile;
        WasClean = File.Exists(CleanMark);
        if (WasClean)
        {
            // Gone for good before anything is written, even if the power fails.
            File.Delete(CleanMark);
            FolderFlush.Flush(path);
        }

        IsNew = !File.Exists(ClusterIdFile);
        ClusterId = ReadOrMakeClusterId();
        TryWritePid(path);
    }

    public string Path { get; }

    public bool WasClean { get; }

    /// <summary>Whether no broker has been here before.</summary>
    public bool IsNew { get; }

    /// <summary>22 characters of base64, as Kafka makes them.</summary>
    public string ClusterId { get; }

    private string ClusterIdFile => System.IO.Path.Combine(Path, "cluster-id");

    private string CleanMark => System.IO.Path.Combine(Path, "clean-shutdown");

    /// <exception cref="BrokerStartException">Another broker has the folder, or it cannot be written.</exception>
    public static DataDirectory Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BrokerStartException.DataDirectory(path, e);
        }

        FileStream lockFile;
        try
        {
            lockFile = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            var owner = File.Exists(PidPath(path)) ? $"pid {File.ReadAllText(PidPath(path))}" : "pid unknown";
            throw BrokerStartException.DataDirectoryLocked(path, owner);
        }
        catch (UnauthorizedAccessException e)
        {
            throw BrokerStartException.DataDirectory(path, e);
        }

        try
        {
            return new DataDirectory(path, lockFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lockFile.Dispose();
            throw BrokerStartException.DataDirectory(path, e);
        }
    }

    /// <summary>Says that all logs were closed well; to be called last.</summary>
    public void MarkClean() => AtomicFile.Write(CleanMark, [], durable: true);

    public void Dispose() => _lockFile.Dispose();

    /// <summary>The id is for people to read; a full disk, on which the broker can still serve what it has, must not keep it from starting.</summary>
    private static void TryWritePid(string path)
    {
        try
        {
            File.WriteAllText(PidPath(path), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // Whoever finds the folder locked is told "pid unknown" or an old one.
        }
    }

    private static string PidPath(string path) => System.IO.Path.Combine(path, "broker.pid");

    private string ReadOrMakeClusterId()
    {
        if (!IsNew)
        {
            return File.ReadAllText(ClusterIdFile);
        }

        var id = Convert.ToBase64String(Guid.NewGuid().ToByteArray()).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        AtomicFile.Write(ClusterIdFile, Encoding.ASCII.GetBytes(id), durable: true);
        return id;
    }
}
