namespace StockAspire.Cli.Tests.Fakes;

/// <summary>Counts lines and keeps none.</summary>
internal sealed class LineCounter : MemoryStream
{
    public int Lines { get; private set; }

    public int LargestWrite { get; private set; }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Lines += buffer.Count((byte)'\n');
        LargestWrite = Math.Max(LargestWrite, buffer.Length);
    }
}
