namespace StockAspire.Cql;

/// <summary>A column of rows, or a variable of a statement.</summary>
/// <param name="Name">As CQL prints it: in lower case unless it was made with quotation marks.</param>
public sealed record CqlColumn(string Keyspace, string Table, string Name, CqlType Type);
