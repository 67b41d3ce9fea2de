namespace StockAspire.Dashboard.Live;

/// <summary>Whether someone answers, and since when that is so.</summary>
public enum ConnectionState
{
    /// <summary>Nobody to ask is configured.</summary>
    None,
    Connecting,
    Connected,
    Lost,
}

/// <param name="State">What is so.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why it was lost, for people; null in all other states.</param>
public sealed record Connection(ConnectionState State, DateTimeOffset Since, string? Reason = null)
{
    /// <summary>Once lost, it stays lost since the first time, with the newest reason.</summary>
    public Connection Lose(DateTimeOffset now, string reason) =>
        State == ConnectionState.Lost ? this with { Reason = reason } : new Connection(ConnectionState.Lost, now, reason);

    public Connection Succeed(DateTimeOffset now) =>
        State == ConnectionState.Connected ? this : new Connection(ConnectionState.Connected, now);
}
