namespace StockAspire.KafkaBroker;

/// <summary>When the log is brought to the disk. In every mode an acknowledged record survives the end of the process, kill -9 too.</summary>
public enum FsyncMode
{
    /// <summary>Left to the operating system: a power loss may take the last half minute.</summary>
    None,

    /// <summary>In the background, every <see cref="KafkaBrokerOptions.FsyncInterval"/>: a power loss takes no more than that.</summary>
    Interval,

    /// <summary>Before each acknowledgement, one fsync for all that wait: a power loss takes nothing acknowledged.</summary>
    Commit,
}
