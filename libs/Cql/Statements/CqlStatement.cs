using System.Net;
using StockAspire.Cql.Connections;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;

namespace StockAspire.Cql;

/// <summary>
/// Something to be run, with how. Mutable and made to be used again; not to be changed while it runs, which is until the call that runs
/// it has ended (for pages: until their enumeration has).
/// </summary>
public abstract class CqlStatement : IDisposable
{
    private protected CqlStatement()
    {
        Buffer = new GrowingBuffer();
        Writer = new ValueWriter(Buffer);
    }

    /// <summary>If null, that of <see cref="CqlOptions"/>.</summary>
    public CqlConsistency? Consistency { get; set; }

    /// <summary>For the condition of a conditional statement: Serial (the default) or LocalSerial.</summary>
    public CqlConsistency? SerialConsistency { get; set; }

    /// <summary>Write time in microseconds since the Unix epoch; if null, the server's clock.</summary>
    public long? TimestampUs { get; set; }

    /// <summary>
    /// Whether running it twice is the same as once: then it may be tried again after a failure that does not say whether it was
    /// done. Not so for counters, list appends, conditions, <c>now()</c> and <c>uuid()</c>.
    /// </summary>
    public bool IsIdempotent { get; set; }

    /// <summary>For the request as a whole; if null, that of <see cref="CqlOptions"/>.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Asks the server to trace it: <see cref="CqlResult.TracingId"/>.</summary>
    public bool IsTraced { get; set; }

    /// <summary>
    /// If the answer takes longer than this, a second node is asked too, and the first answer counts. For reads, and only where
    /// <see cref="IsIdempotent"/>.
    /// </summary>
    public TimeSpan? SpeculateAfter { get; set; }

    /// <summary>Goes to this node only, for what each node answers for itself, such as <c>system_views</c>.</summary>
    public IPEndPoint? Host { get; set; }

    /// <summary>
    /// Whether a change of the schema ends when all nodes have it, as by default. Several changes need not each wait: give all the same
    /// <see cref="Host"/>, which has its own at once, and let <see cref="CqlSession.WaitForSchemaAgreementAsync"/> end them.
    /// </summary>
    public bool AwaitsSchemaAgreement { get; set; } = true;

    /// <summary>For the server's query handler; the standard one ignores it.</summary>
    public IReadOnlyCollection<KeyValuePair<string, byte[]?>>? CustomPayload { get; set; }

    private protected GrowingBuffer Buffer { get; }

    private protected ValueWriter Writer { get; }

    internal RequestFlags Flags => new(IsTraced, CustomPayload);

    /// <summary>QUERY, EXECUTE or BATCH, for spans and metrics.</summary>
    internal abstract string OperationName { get; }

    /// <summary>What is known of the table, for routing, spans and metrics.</summary>
    internal abstract (string? Keyspace, string? Table) Target { get; }

    internal virtual int BatchSize => 1;

    internal virtual PreparedState? State => null;

    /// <summary>Null where the partition is not known.</summary>
    internal abstract long? Token { get; }

    /// <exception cref="InvalidOperationException">Values are missing.</exception>
    internal abstract void RequireComplete();

    /// <summary>Sends it as it stands.</summary>
    internal abstract ValueTask<ResponseBody> SendAsync(CqlConnection connection, StatementRun run, TimeSpan timeout, CancellationToken cancel);

    /// <summary>The statement of an id that a node did not know, or null if it is none of this.</summary>
    internal virtual PreparedStatement? Find(ReadOnlySpan<byte> id) => null;

    /// <summary>Gives its buffer back. What is run again and again need not be disposed of in between.</summary>
    public void Dispose()
    {
        Buffer.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected QueryParameters Parameters(StatementRun run) => new(Consistency ?? run.Consistency)
    {
        SerialConsistency = SerialConsistency,
        TimestampUs = TimestampUs,
        PageSize = run.PageSize,
        PagingState = run.PagingState,
    };
}
