using System.Diagnostics.CodeAnalysis;

namespace StockAspire.TickStore;

/// <summary>What <c>ConnectionStrings:tickstore</c> names.</summary>
/// <param name="Path">Absolute path of the SQLite file.</param>
internal sealed record TickStoreAddress(string Path)
{
    private const string SqliteScheme = "sqlite:";
    private const string CassandraScheme = "cassandra://";
    private const string Key = "ConnectionStrings:" + TickStoreOptions.ConnectionName;

    /// <summary>The fault never repeats the text of an unknown scheme: there may be a password in it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TickStoreAddress? address, [NotNullWhen(false)] out string? fault)
    {
        address = null;
        fault = null;
        if (string.IsNullOrWhiteSpace(text))
            fault = $"{Key} is missing: give the tick store's address, such as sqlite:data/ticks.db.";
        else if (text.StartsWith(CassandraScheme, StringComparison.OrdinalIgnoreCase))
            fault = $"{Key} names a Cassandra cluster; that adapter comes with libs/TickStore.Cassandra, which is not part of this build yet. Use sqlite:PATH.";
        else if (!text.StartsWith(SqliteScheme, StringComparison.OrdinalIgnoreCase))
            fault = $"{Key} must begin with {SqliteScheme}, followed by the path of a file.";
        else if (text.AsSpan(SqliteScheme.Length).IsWhiteSpace())
            fault = $"{Key} is \"{text}\"; a path must follow {SqliteScheme}.";
        else
            address = new TickStoreAddress(System.IO.Path.GetFullPath(text[SqliteScheme.Length..]));
        return address is not null;
    }
}
