using StockAspire.Otlp.Metrics;

namespace StockAspire.Dashboard.Pages.Metrics;

/// <summary>What is shown before anybody chooses: how much flows through the process, or else how long its requests take.</summary>
internal static class DefaultInstrument
{
    /// <summary>The first that is there is taken.</summary>
    private static readonly string[] Wanted =
    [
        "stockaspire.ingest.ticks",
        "stockaspire.sink.rows",
        "stockaspire.query.rows",
        "stockaspire.broker.messages.in",
        "http.server.request.duration",
    ];

    /// <summary>Null where there are none.</summary>
    public static InstrumentKey? Of(IReadOnlyList<InstrumentInfo> instruments) =>
        Wanted.Select(name => instruments.FirstOrDefault(info => info.Key.Name == name)).FirstOrDefault(info => info is not null)?.Key
        ?? (instruments.Count > 0 ? instruments[0].Key : null);
}
