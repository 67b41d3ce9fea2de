using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Responses;

namespace StockAspire.Cql.Tests.Fakes;

/// <summary>Fake nodes that know of each other, on 127.0.0.x with one port. What is prepared on a node is known there only.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private static readonly CqlColumn[] LocalColumns =
    [
        Column("host_id", CqlType.Native(CqlTypeCode.Uuid)),
        Column("data_center", CqlType.Native(CqlTypeCode.Text)),
        Column("rack", CqlType.Native(CqlTypeCode.Text)),
        Column("release_version", CqlType.Native(CqlTypeCode.Text)),
        Column("schema_version", CqlType.Native(CqlTypeCode.Uuid)),
        Column("tokens", CqlType.Set(CqlType.Native(CqlTypeCode.Text))),
    ];

    private static readonly CqlColumn[] PeerColumns =
        [Column("peer", CqlType.Native(CqlTypeCode.Inet)), Column("address", CqlType.Native(CqlTypeCode.Inet)), Column("port", CqlType.Native(CqlTypeCode.Int)), .. LocalColumns];

    private static readonly CqlColumn[] KeyspaceColumns =
        [Column("keyspace_name", CqlType.Native(CqlTypeCode.Text)), Column("replication", CqlType.Map(CqlType.Native(CqlTypeCode.Text), CqlType.Native(CqlTypeCode.Text)))];

    private readonly ConcurrentDictionary<(Guid Node, string Id), string> _prepared = new();

    public List<FakeNode> Nodes { get; } = [];

    public Dictionary<string, Dictionary<string, string>> Keyspaces { get; } =
        new() { ["ks"] = new() { ["class"] = "org.apache.cassandra.locator.SimpleStrategy", ["replication_factor"] = "1" } };

    /// <summary>What PREPARE says of a text; the id need not be given.</summary>
    public Func<string, PreparedResult> Describe { get; set; } = cql => new PreparedResult(
        [],
        [],
        cql.Contains('?', StringComparison.Ordinal) ? [0] : [],
        cql.Contains('?', StringComparison.Ordinal) ? [new CqlColumn("ks", "t", "k", CqlType.Native(CqlTypeCode.Text))] : [],
        cql.StartsWith("SELECT", StringComparison.Ordinal) ? [new CqlColumn("ks", "t", "v", CqlType.Native(CqlTypeCode.Int))] : []);

    public static FakeCluster Of(int nodes)
    {
        var cluster = new FakeCluster();
        for (var i = 0; i < nodes; i++)
            cluster.Add(tokens: [long.MinValue + 1 + (i * (long)(ulong.MaxValue / (ulong)nodes))]);
        return cluster;
    }

    public FakeNode Add(string datacenter = "dc1", string rack = "r1", params long[] tokens)
    {
        // Addresses of their own for each cluster, so that one port does for its nodes.
        var address = new IPAddress([127, 0, (byte)Random.Shared.Next(1, 255), (byte)(Nodes.Count + 1)]);
        if (Nodes.Count > 0)
        {
            var first = Nodes[0].Endpoint.Address.GetAddressBytes();
            address = new IPAddress([127, 0, first[2], (byte)(Nodes.Count + 1)]);
        }

        var node = new FakeNode(this, address, 0) { Datacenter = datacenter, Rack = rack, Tokens = tokens };
        Nodes.Add(node);
        return node;
    }

    public CqlOptions Options() => new()
    {
        ContactPoints = [Nodes[0].Endpoint.ToString()],
        Consistency = CqlConsistency.One,
        RefreshDelay = TimeSpan.FromMilliseconds(20),
        ReconnectDelayMin = TimeSpan.FromMilliseconds(20),
        ReconnectDelayMax = TimeSpan.FromMilliseconds(100),
        RetryDelayMin = TimeSpan.FromMilliseconds(1),
        RequestTimeout = TimeSpan.FromSeconds(60),
        AttemptTimeout = TimeSpan.FromSeconds(30),
        ConnectTimeout = TimeSpan.FromSeconds(30),
    };

    public Task<CqlSession> ConnectAsync(Action<CqlOptions>? configure = null)
    {
        var options = Options();
        configure?.Invoke(options);
        return CqlSession.ConnectAsync(options, cancel: TestContext.Current.CancellationToken);
    }

    /// <summary>Nodes forget what was prepared, as ALTER TABLE makes them.</summary>
    public void Forget() => _prepared.Clear();

    public FakeAnswer Answer(FakeRequest request) => request.Opcode switch
    {
        Opcode.Options => new FakeAnswer(Opcode.Supported, body => new SupportedResponse(new Dictionary<string, string[]> { ["COMPRESSION"] = ["lz4"] }).Write(body)),
        Opcode.Startup => request.Node.Password is null ? FakeAnswer.Ready : new FakeAnswer(Opcode.Authenticate, body => new AuthenticateResponse("PasswordAuthenticator").Write(body)),
        Opcode.AuthResponse => request.Body.AsSpan().EndsWith(Encoding.UTF8.GetBytes("\0" + request.Node.Password))
            ? new FakeAnswer(Opcode.AuthSuccess, body => new AuthTokenResponse(null).Write(body))
            : FakeAnswer.Error(CqlErrorCode.BadCredentials),
        Opcode.Register => FakeAnswer.Ready,
        Opcode.Query => AnswerQuery(request),
        Opcode.Prepare => Prepare(request),
        Opcode.Execute => _prepared.ContainsKey((request.Node.HostId, Convert.ToHexString(request.StatementId.Span)))
            ? FakeAnswer.Void
            : FakeAnswer.Error(new CqlError(CqlErrorCode.Unprepared, "unknown") { StatementId = request.StatementId }),
        _ => FakeAnswer.Void,
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.DisposeAsync();
    }

    private static CqlColumn Column(string name, CqlType type) => new("system", "local", name, type);

    private static ValueWriter AppendNode(ValueWriter row, FakeNode node)
    {
        row.AppendUuid(node.HostId).AppendText(node.Datacenter).AppendText(node.Rack).AppendText("5.0.0").AppendUuid(node.SchemaVersion).BeginSet();
        foreach (var token in node.Tokens)
            row.AppendText($"{token}");
        return row.End();
    }

    private FakeAnswer AnswerQuery(FakeRequest request)
    {
        var cql = request.Cql;
        if (cql.Contains("system.local", StringComparison.Ordinal))
            return FakeAnswer.Rows(LocalColumns, 1, row => AppendNode(row, request.Node));

        if (cql.Contains("system.peers_v2", StringComparison.Ordinal))
        {
            var peers = new Queue<FakeNode>(Nodes.Where(node => node != request.Node));
            return FakeAnswer.Rows(PeerColumns, peers.Count, row =>
            {
                var peer = peers.Dequeue();
                AppendNode(row.AppendInet(peer.Endpoint.Address).AppendInet(peer.Endpoint.Address).AppendInt(peer.Endpoint.Port), peer);
            });
        }

        if (cql.Contains("system_schema.keyspaces", StringComparison.Ordinal))
        {
            var keyspaces = new Queue<KeyValuePair<string, Dictionary<string, string>>>(Keyspaces);
            return FakeAnswer.Rows(KeyspaceColumns, keyspaces.Count, row =>
            {
                var (name, replication) = keyspaces.Dequeue();
                row.AppendText(name).BeginMap();
                foreach (var (key, value) in replication)
                    row.AppendText(key).AppendText(value);
                row.End();
            });
        }

        return FakeAnswer.Void;
    }

    /// <summary>The id is a function of the text, as in Cassandra: it stays the same whatever happens to the table.</summary>
    private FakeAnswer Prepare(FakeRequest request)
    {
        var id = SHA256.HashData(Encoding.UTF8.GetBytes(request.Cql))[..16];
        _prepared[(request.Node.HostId, Convert.ToHexString(id))] = request.Cql;
        return FakeAnswer.Prepared(Describe(request.Cql) with { Id = id });
    }
}
