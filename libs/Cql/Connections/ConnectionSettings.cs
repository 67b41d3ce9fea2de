using Microsoft.Extensions.Logging;

namespace StockAspire.Cql.Connections;

/// <summary>What the connections of a session share.</summary>
internal sealed record ConnectionSettings(CqlOptions Options, TimeProvider Time, ILogger Logger, CqlMetrics Metrics, TlsHandshake? Tls);
