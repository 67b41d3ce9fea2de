namespace StockAspire.Cql;

/// <summary>Names of keyspaces, tables, columns and types, as CQL wants them written.</summary>
public static class CqlIdentifier
{
    /// <summary>In quotation marks, so that case and every character are kept.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
