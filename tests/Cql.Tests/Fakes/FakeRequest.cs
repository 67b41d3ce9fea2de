using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;

namespace StockAspire.Cql.Tests.Fakes;

/// <summary>A request as a fake node got it.</summary>
internal sealed record FakeRequest(FakeNode Node, FrameHeader Header, byte[] Body)
{
    public Opcode Opcode => Header.Opcode;

    /// <summary>The text of a QUERY or PREPARE.</summary>
    public string Cql
    {
        get
        {
            var reader = new BodyReader(Body);
            return reader.ReadLongString();
        }
    }

    public QueryParameters Parameters => Opcode switch
    {
        Opcode.Query => QueryRequest.Read(Body, Header.Version).Parameters,
        Opcode.Execute => ExecuteRequest.Read(Body, Header.Version).Parameters,
        _ => BatchRequest.Read(Body, Header.Version).Parameters,
    };

    public ReadOnlyMemory<byte> StatementId => ExecuteRequest.Read(Body, Header.Version).Id;

    public IReadOnlyDictionary<string, string> StartupOptions
    {
        get
        {
            var reader = new BodyReader(Body);
            return StartupRequest.Read(ref reader).Options;
        }
    }
}
