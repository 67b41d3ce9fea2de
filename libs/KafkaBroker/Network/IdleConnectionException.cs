namespace StockAspire.KafkaBroker.Network;

/// <summary>The client has asked for nothing for so long that its connection is closed; it opens another when it needs one.</summary>
internal sealed class IdleConnectionException : Exception;
