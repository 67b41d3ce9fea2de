using Microsoft.Extensions.Logging;
using StockAspire.KafkaBroker.Storage;

namespace StockAspire.KafkaBroker;

/// <summary>
/// Gives out producer ids that no producer ever had before, restarts and crashes included. <paramref name="greatestKnown"/> is the
/// greatest id that any log remembers: it stands in where the file is lost or damaged. Thread-safe.
/// </summary>
internal sealed class ProducerIds(string directory, bool durable, Func<long> greatestKnown, ILogger logger)
{
    /// <summary>Ids reserved by one write of the file; a crash skips what is left of them.</summary>
    private const int BlockSize = 1_000;

    /// <summary>A client may use any id up to the greatest int64; from what is above this, nothing is concluded.</summary>
    private const long IdMax = 1L << 62;

    private readonly Lock _gate = new();
    private readonly string _path = Path.Combine(directory, "producer-ids");
    private long _next;
    private long _reservedTo;

    /// <summary>The next id; null while the disk refuses to reserve more.</summary>
    public long? Next()
    {
        lock (_gate)
        {
            if (_next == _reservedTo)
            {
                try
                {
                    var next = CheckedNumber.Read(_path) ?? Math.Min(greatestKnown(), IdMax) + 1;
                    CheckedNumber.Write(_path, next + BlockSize, durable);
                    (_next, _reservedTo) = (next, next + BlockSize);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    BrokerLog.ProducerIdsNotReserved(logger, _path, e);
                    return null;
                }
            }

            return _next++;
        }
    }
}
