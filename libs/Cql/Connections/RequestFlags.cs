namespace StockAspire.Cql.Connections;

/// <summary>What the frame around a request may ask for.</summary>
internal readonly record struct RequestFlags(bool IsTraced, IReadOnlyCollection<KeyValuePair<string, byte[]?>>? CustomPayload);
