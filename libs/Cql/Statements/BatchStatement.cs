using StockAspire.Cql.Cluster;
using StockAspire.Cql.Connections;
using StockAspire.Cql.Protocol;
using StockAspire.Cql.Protocol.Requests;

namespace StockAspire.Cql;

/// <summary>
/// Several statements in one request, written straight into it as they are added. Routed by the partition of the first prepared one:
/// an unlogged batch is for the rows of one partition.
/// </summary>
public sealed class BatchStatement(CqlBatchKind kind) : CqlStatement
{
    /// <summary>The protocol counts them in 16 bits.</summary>
    public const int CountMax = ushort.MaxValue;

    private readonly List<PreparedStatement> _prepared = [];
    private PreparedStatement? _last;
    private int _countPosition;
    private (int Start, int End) _firstValues;
    private int[] _firstKey = [];
    private bool _isOpen;

    public CqlBatchKind Kind { get; } = kind;

    /// <summary>Statements added.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the statements with their values, as they travel.</summary>
    public int Size => Buffer.Size;

    internal override string OperationName => "BATCH";

    internal override (string? Keyspace, string? Table) Target => _prepared.Count > 0 ? _prepared[0].State.Target : default;

    internal override int BatchSize => Count;

    internal override long? Token => _firstKey.Length > 0 ? RoutingKey.Token(Buffer.Written[_firstValues.Start.._firstValues.End], _firstKey) : null;

    /// <summary>Adds a statement; its values are appended to what this returns, before the next is added.</summary>
    /// <exception cref="InvalidOperationException">Values of the one before are missing, or the batch is full.</exception>
    public ValueWriter Add(PreparedStatement prepared)
    {
        CloseLast();
        if (Count == CountMax)
            throw new InvalidOperationException($"A batch holds at most {CountMax} statements.");

        if (!ReferenceEquals(prepared, _last))
        {
            _last = prepared;
            if (!_prepared.Contains(prepared))
                _prepared.Add(prepared);
        }

        var state = prepared.State;
        Buffer.WriteByte(BatchRequest.PreparedKind);
        Buffer.WriteShortBytes(state.Result.Id);
        _countPosition = Buffer.Size;
        Buffer.WriteUInt16(state.Result.Variables.Length);
        Writer.Begin(state.Result.Variables);
        if (Count++ == 0)
            _firstKey = state.Result.PartitionKeyIndexes;
        _isOpen = true;
        return Writer;
    }

    /// <summary>Adds a text without values.</summary>
    public void Add(string cql)
    {
        CloseLast();
        if (Count == CountMax)
            throw new InvalidOperationException($"A batch holds at most {CountMax} statements.");
        Buffer.WriteByte(BatchRequest.TextKind);
        Buffer.WriteLongString(cql);
        Buffer.WriteUInt16(0);
        Count++;
    }

    /// <summary>Empties it, for the next statements. How it runs stays as set.</summary>
    public void Clear()
    {
        Buffer.Clear();
        _prepared.Clear();
        _last = null;
        _firstKey = [];
        _firstValues = default;
        _isOpen = false;
        Count = 0;
    }

    internal override void RequireComplete()
    {
        if (Count == 0)
            throw new InvalidOperationException("The batch is empty.");
        CloseLast();
    }

    internal override ValueTask<ResponseBody> SendAsync(CqlConnection connection, StatementRun run, TimeSpan timeout, CancellationToken cancel) =>
        connection.SendAsync(new BatchRequest(Kind, Count, Buffer.WrittenMemory, Parameters(run)), Flags, timeout, cancel);

    internal override PreparedStatement? Find(ReadOnlySpan<byte> id)
    {
        foreach (var prepared in _prepared)
        {
            if (id.SequenceEqual(prepared.State.Result.Id))
                return prepared;
        }

        return null;
    }

    private void CloseLast()
    {
        if (!_isOpen)
            return;

        Writer.RequireComplete();
        _isOpen = false;
        if (Count == 1)
            _firstValues = (_countPosition + sizeof(ushort), Buffer.Size);
    }
}
