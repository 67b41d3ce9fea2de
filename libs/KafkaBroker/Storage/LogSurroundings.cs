using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace StockAspire.KafkaBroker.Storage;

/// <summary>What all logs of a broker share.</summary>
internal sealed record LogSurroundings(FsyncMode Fsync, SegmentCache Cache, TimeProvider Time, ILogger Logger)
{
    /// <summary>fsync of one file; tests put one here that fails, as only a broken disk does otherwise.</summary>
    public Action<SafeFileHandle> FlushFile { get; init; } = RandomAccess.FlushToDisk;
}
