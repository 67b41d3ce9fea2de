using System.IO.Compression;
using System.IO.Hashing;

namespace StockAspire.Feeds;

/// <summary>An archive entry's text that ends in an error where it is not what was packed: .NET compares no CRC-32 of its own.</summary>
internal sealed class CheckedZipStream(ZipArchiveEntry entry) : ForwardStream(entry.Open())
{
    private readonly Crc32 _crc = new();

    /// <exception cref="InvalidDataException">The entry is damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        var read = Inner.Read(buffer);
        _crc.Append(buffer[..read]);
        if (read == 0 && !buffer.IsEmpty && _crc.GetCurrentHashAsUInt32() != entry.Crc32)
        {
            throw new InvalidDataException($"entry {entry.FullName}: expected CRC-32 {entry.Crc32:X8}, got {_crc.GetCurrentHashAsUInt32():X8}");
        }

        return read;
    }
}
