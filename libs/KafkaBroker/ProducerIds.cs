using System.Globalization;
using System.Text;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker;

/// <summary>Gives out producer ids that no producer ever had before, restarts and crashes included. Thread-safe.</summary>
internal sealed class ProducerIds(string directory, bool durable)
{
    /// <summary>Ids reserved by one write of the file; a crash skips what is left of them.</summary>
    private const int BlockSize = 1_000;

    private readonly Lock _gate = new();
    private readonly string _path = Path.Combine(directory, "producer-ids");
    private long _next;
    private long _reservedTo;

    public long Next()
    {
        lock (_gate)
        {
            if (_next == _reservedTo)
            {
                _next = File.Exists(_path) ? long.Parse(File.ReadAllText(_path), CultureInfo.InvariantCulture) : 1;
                _reservedTo = _next + BlockSize;
                AtomicFile.Write(_path, Encoding.ASCII.GetBytes(_reservedTo.ToString(CultureInfo.InvariantCulture)), durable);
            }

            return _next++;
        }
    }
}
