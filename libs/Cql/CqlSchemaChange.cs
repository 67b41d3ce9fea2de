using StockAspire.Cql.Protocol;

namespace StockAspire.Cql;

/// <summary>native_protocol_v4.spec, 4.2.5.5 and 4.2.6: what a statement, of this client or another, changed in the schema.</summary>
/// <param name="Change">CREATED, UPDATED or DROPPED.</param>
/// <param name="Target">KEYSPACE, TABLE, TYPE, FUNCTION or AGGREGATE.</param>
/// <param name="Name">Of the table, type, function or aggregate; empty for a keyspace.</param>
/// <param name="ArgumentTypes">Of a function or aggregate.</param>
public sealed record CqlSchemaChange(string Change, string Target, string Keyspace, string Name, IReadOnlyList<string> ArgumentTypes)
{
    private const string KeyspaceTarget = "KEYSPACE";

    private bool HasArguments => Target is "FUNCTION" or "AGGREGATE";

    internal static CqlSchemaChange Read(ref BodyReader reader)
    {
        var change = new CqlSchemaChange(reader.ReadString(), reader.ReadString(), reader.ReadString(), string.Empty, []);
        if (change.Target != KeyspaceTarget)
            change = change with { Name = reader.ReadString() };
        return change.HasArguments ? change with { ArgumentTypes = reader.ReadStringList() } : change;
    }

    internal void Write(GrowingBuffer body)
    {
        body.WriteString(Change);
        body.WriteString(Target);
        body.WriteString(Keyspace);
        if (Target != KeyspaceTarget)
            body.WriteString(Name);
        if (HasArguments)
            body.WriteStringList([.. ArgumentTypes]);
    }
}
