using System.Globalization;
using System.Text.Unicode;

namespace StockAspire.Cli.Output;

/// <summary>
/// Text to a stream as UTF-8 through one buffer, without an allocation per value. Not thread-safe. Whoever uses it calls
/// <see cref="Flush"/>; it owns no stream.
/// </summary>
internal sealed class Utf8Output(Stream stream)
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Room that every append of a number or time finds: more than the longest of them takes.</summary>
    private const int ValueSizeMax = 64;

    private readonly byte[] _buffer = new byte[BufferSize];
    private int _size;

    public void Append(byte character)
    {
        Reserve(1);
        _buffer[_size++] = character;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            Reserve(ValueSizeMax);
            Utf8.FromUtf16(text, _buffer.AsSpan(_size), out var read, out var written, replaceInvalidSequences: true, isFinalBlock: true);
            _size += written;
            text = text[read..];
        }
    }

    public void Append(ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            Reserve(1);
            var part = Math.Min(utf8.Length, _buffer.Length - _size);
            utf8[..part].CopyTo(_buffer.AsSpan(_size));
            _size += part;
            utf8 = utf8[part..];
        }
    }

    /// <summary>A number or time, whose text is at most 64 bytes.</summary>
    public void Append<T>(T value)
        where T : IUtf8SpanFormattable
    {
        Reserve(ValueSizeMax);
        if (!value.TryFormat(_buffer.AsSpan(_size), out var written, default, CultureInfo.InvariantCulture))
        {
            throw new ArgumentException($"Expected a value of at most {ValueSizeMax} bytes.", nameof(value));
        }

        _size += written;
    }

    public void AppendLine(ReadOnlySpan<char> text)
    {
        Append(text);
        Append((byte)'\n');
    }

    /// <exception cref="ClosedOutputException">Nobody reads any more.</exception>
    /// <exception cref="CliException">It cannot be written, as on a full disk.</exception>
    public void Flush()
    {
        try
        {
            stream.Write(_buffer, 0, _size);
            stream.Flush();
        }
        catch (IOException error)
        {
            throw ClosedOutputException.IsClosed(error)
                ? new ClosedOutputException(error)
                : CliException.Failure($"Cannot write the output: {error.Message}");
        }

        _size = 0;
    }

    private void Reserve(int size)
    {
        if (_buffer.Length - _size < size)
        {
            Flush();
        }
    }
}
