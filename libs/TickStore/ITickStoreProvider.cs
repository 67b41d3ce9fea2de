using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace StockAspire.TickStore;

/// <summary>An adapter: opens the stores whose connection strings begin with its scheme, which alone decides between adapters.</summary>
public interface ITickStoreProvider
{
    /// <summary>What its connection strings begin with, in any case, such as <c>sqlite:</c>.</summary>
    string Scheme { get; }

    /// <summary>
    /// What is wrong with the settings that are this adapter's own, the connection string above all: one sentence each, which
    /// names the key and what is expected and never repeats a secret.
    /// </summary>
    IEnumerable<string> Check(TickStoreOptions options);

    /// <summary>Touches nothing yet. Called with options that <see cref="Check"/> finds no fault with.</summary>
    ITickStore Open(TickStoreOptions options, bool readOnly, ILoggerFactory loggers, IMeterFactory? meters);
}
