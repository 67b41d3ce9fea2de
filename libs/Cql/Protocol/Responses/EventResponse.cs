using System.Net;

namespace StockAspire.Cql.Protocol.Responses;

/// <summary>native_protocol_v4.spec, 4.2.6: what a server tells unasked.</summary>
/// <param name="Change">NEW_NODE, REMOVED_NODE, UP or DOWN; empty for a schema change.</param>
/// <param name="Node">Address that clients connect to; null for a schema change.</param>
internal sealed record EventResponse(string Type, string Change, IPEndPoint? Node, CqlSchemaChange? Schema)
{
    public const string TopologyChange = "TOPOLOGY_CHANGE";
    public const string StatusChange = "STATUS_CHANGE";
    public const string SchemaChange = "SCHEMA_CHANGE";
    public const string Up = "UP";
    public const string Down = "DOWN";

    public static EventResponse Read(ref BodyReader reader)
    {
        var type = reader.ReadString();
        return type switch
        {
            TopologyChange or StatusChange => new(type, reader.ReadString(), reader.ReadInet(), null),
            SchemaChange => new(type, string.Empty, null, CqlSchemaChange.Read(ref reader)),
            _ => new(type, string.Empty, null, null),
        };
    }

    public void Write(GrowingBuffer body)
    {
        body.WriteString(Type);
        if (Node is not null)
        {
            body.WriteString(Change);
            body.WriteInet(Node);
        }

        Schema?.Write(body);
    }
}
