using System.Diagnostics;

namespace StockAspire.Cql;

/// <summary>Spans: one for each request, its retries within. OpenTelemetry database conventions.</summary>
public static class CqlTelemetry
{
    /// <summary>Of the activity source and of the meter.</summary>
    public const string Name = "StockAspire.Cql";

    internal const string SystemName = "cassandra";

    internal static readonly ActivitySource Source = new(Name);

    /// <param name="operation">QUERY, EXECUTE, BATCH or PREPARE.</param>
    internal static Activity? Start(string operation, string? keyspace, string? table, CqlConsistency consistency, int batchSize)
    {
        if (!Source.HasListeners())
            return null;

        var target = table is null ? keyspace : $"{keyspace}.{table}";
        var activity = Source.StartActivity(target is null ? operation : $"{operation} {target}", ActivityKind.Client);
        if (activity is null)
            return null;

        activity.SetTag("db.system.name", SystemName).SetTag("db.operation.name", operation).SetTag("cassandra.consistency.level", consistency.ToString());
        if (keyspace is not null)
            activity.SetTag("db.namespace", keyspace);
        if (table is not null)
            activity.SetTag("db.collection.name", table);
        if (batchSize > 1)
            activity.SetTag("db.operation.batch.size", batchSize);
        return activity;
    }

    internal static void Answered(Activity? activity, CqlResult result)
    {
        if (activity is null || result.Host is not { } host)
            return;
        activity.SetTag("server.address", host.Address.ToString()).SetTag("server.port", host.Port);
        if (result.RowCount > 0)
            activity.SetTag("db.response.returned_rows", result.RowCount);
    }

    internal static void Fail(Activity? activity, Exception exception)
    {
        if (activity is null)
            return;
        activity.SetTag("error.type", ErrorType(exception)).SetStatus(ActivityStatusCode.Error, exception.Message);
        if (exception is CqlServerException server)
            activity.SetTag("db.response.status_code", $"0x{(int)server.Code:X4}");
    }

    internal static string ErrorType(Exception exception) => exception is CqlServerException server ? server.Code.ToString() : exception.GetType().Name;
}
