using StockAspire.Cql;

namespace StockAspire.TickStore.Cassandra;

/// <summary>
/// What the client's errors mean for whoever called the store. None of them says that rows can never be stored: rows are checked
/// before they are sent, so a server that calls a statement invalid has another schema, and giving the rows up would lose them.
/// </summary>
internal static class CassandraErrors
{
    public static bool IsKnown(Exception exception) => exception is CqlException;

    /// <summary>The keyspace or a table is not there. The protocol has no code of its own for it, only these words of the server.</summary>
    public static bool IsMissing(CqlServerException exception) =>
        exception.Code == CqlErrorCode.Invalid && exception.Error.Message.EndsWith("does not exist", StringComparison.Ordinal);

    public static Exception Of(Exception exception, CassandraAddress store) => exception switch
    {
        CqlServerException { Code: CqlErrorCode.Invalid or CqlErrorCode.SyntaxError or CqlErrorCode.ConfigError or CqlErrorCode.AlreadyExists } server =>
            new TickStoreSchemaException($"{store} is not as this program made it: {server.Message}", server),
        CqlServerException { Code: CqlErrorCode.BadCredentials } server =>
            new TickStoreUnavailableException($"{store} refuses the user or the password: {server.Message}", server),
        CqlServerException { Code: CqlErrorCode.Unauthorized } server =>
            new TickStoreUnavailableException($"{store} does not allow it to this user: {server.Message}", server),
        _ => new TickStoreUnavailableException($"{store}: {exception.Message}", exception),
    };
}
