using System.IO.Compression;
using System.IO.Hashing;

namespace StockAspire.Feeds;

/// <summary>An archive entry's text that ends in an error where it is not what was packed: .NET compares no CRC-32 of its own.</summary>
internal sealed class CheckedZipStream(ZipArchiveEntry entry) : Stream
{
    private readonly Stream _inner = entry.Open();
    private readonly Crc32 _crc = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="InvalidDataException">The entry is damaged.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = _inner.Read(buffer, offset, count);
        _crc.Append(buffer.AsSpan(offset, read));
        if (read == 0 && count > 0 && _crc.GetCurrentHashAsUInt32() != entry.Crc32)
        {
            throw new InvalidDataException($"entry {entry.FullName}: expected CRC-32 {entry.Crc32:X8}, got {_crc.GetCurrentHashAsUInt32():X8}");
        }

        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
