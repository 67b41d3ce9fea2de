using StockAspire.Protos.V1;

namespace StockAspire.Cli.Ingest;

/// <summary>
/// Consecutive rows as one message of a stream: an encoded block of ticks, or rows that are no ticks. Kept until it is
/// acknowledged, so that a broken connection can send it again.
/// </summary>
internal sealed class UploadFrame
{
    private HashSet<ulong>? _rejected;

    public required ulong First { get; init; }

    public required int RowCount { get; init; }

    public ulong Last => First + (ulong)RowCount - 1;

    /// <summary>Bytes of a <c>TickBlock</c>; empty for rejects.</summary>
    public ReadOnlyMemory<byte> Block { get; init; }

    /// <summary>Null for a block.</summary>
    public ClientRejects? Rejects { get; init; }

    /// <summary>Bytes that it takes in memory.</summary>
    public required int Size { get; init; }

    /// <summary>Bytes of the file read when it was made, for progress.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Rows that the server rejected, beside <see cref="Rejects"/>.</summary>
    public int RejectedCount => _rejected?.Count ?? 0;

    /// <summary>False where the server has said so before: a block that is sent again is rejected again.</summary>
    public bool AddRejected(ulong sequence) => (_rejected ??= []).Add(sequence);
}
