using System.Diagnostics;

namespace StockAspire.TickStore;

/// <summary>Spans of the store: one for each write transaction and each scan, never one for a row. OpenTelemetry database conventions.</summary>
internal static class TickStoreTelemetry
{
    public const string Name = "StockAspire.TickStore";
    public const string WriteOperation = "write";
    public const string ScanOperation = "scan";
    public const string LatestOperation = "latest";
    public const string SymbolsOperation = "symbols";
    public const string RegisterOperation = "register";
    public const string InitializeOperation = "initialize";
    public const string DiagnoseOperation = "diagnose";

    public static readonly ActivitySource Source = new(Name);

    /// <summary>The span of a transaction: child of the first caller's span, linked to those of the others.</summary>
    public static Activity? StartWrite(string system, IEnumerable<ActivityContext> callers)
    {
        if (!Source.HasListeners())
            return null;

        var contexts = callers.Where(context => context != default).Distinct().ToArray();
        var links = contexts.Skip(1).Select(context => new ActivityLink(context));
        return Describe(Source.StartActivity("write ticks", ActivityKind.Client, contexts.FirstOrDefault(), links: links), system, WriteOperation);
    }

    public static Activity? Start(string system, string operation) =>
        Describe(Source.StartActivity(operation + " ticks", ActivityKind.Client), system, operation);

    public static void Fail(Activity? activity, Exception exception)
    {
        activity?.SetTag("error.type", exception.GetType().Name);
        activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
    }

    private static Activity? Describe(Activity? activity, string system, string operation) => activity?
        .SetTag("db.system.name", system)
        .SetTag("db.collection.name", "ticks")
        .SetTag("db.operation.name", operation);
}
