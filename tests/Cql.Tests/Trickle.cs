namespace StockAspire.Cql.Tests;

/// <summary>Gives its bytes in pieces of changing size, as a socket does.</summary>
internal sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
{
    private int _reads;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var size = Math.Min(buffer.Length, (++_reads % 5) switch { 0 => 1, 1 => 7, 2 => 1500, 3 => 13, _ => 65_536 });
        return new ValueTask<int>(Read(buffer.Span[..size]));
    }
}
