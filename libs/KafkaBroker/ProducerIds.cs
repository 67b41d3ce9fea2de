using System.Globalization;
using System.Text;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker;

/// <summary>Gives out producer ids that no producer ever had before, restarts and crashes included. Thread-safe.</summary>
internal sealed class ProducerIds(string directory, bool durable)
{
    /// <summary>Ids reserved by one write of the file; a crash skips what is left of them.</summary>
    private const int BlockSize = 1_000;

    private readonly Lock gate = new();
    private readonly string path = Path.Combine(directory, "producer-ids");
    private long next;
    private long reservedTo;

    public long Next()
    {
        lock (gate)
        {
            if (next == reservedTo)
            {
                next = File.Exists(path) ? long.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture) : 1;
                reservedTo = next + BlockSize;
                AtomicFile.Write(path, Encoding.ASCII.GetBytes(reservedTo.ToString(CultureInfo.InvariantCulture)), durable);
            }

            return next++;
        }
    }
}
