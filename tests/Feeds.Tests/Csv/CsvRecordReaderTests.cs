using System.Text;
using CsCheck;
using StockAspire.Feeds.Csv;

namespace StockAspire.Feeds.Tests.Csv;

public sealed class CsvRecordReaderTests
{
    private const int Max = CsvRecordReader.RecordSizeMax;

    [Theory]
    [InlineData("a,b\nc,d\n", "1:a|b 2:c|d")]
    [InlineData("a,b\r\nc,d", "1:a|b 2:c|d")]
    [InlineData("a,b\r\n\r\n\nc,d\r", "1:a|b 4:c|d")]
    [InlineData("\uFEFFa,b\n", "1:a|b")]
    [InlineData("\uFEFF\"a\",b\n", "1:a|b")]
    [InlineData(",\n,,", "1:| 2:||")]
    [InlineData("\"a,\"\"b\"\"\",c\n", "1:a,\"b\"|c")]
    [InlineData("\"a\nb\r\nc\",d\r\ne\n", "1:a\nb\r\nc|d 4:e")]
    [InlineData("\"\",\"\"\r\n", "1:|")]
    [InlineData("x,\"\"\"\"", "1:x|\"")]
    [InlineData("\"a\"", "1:a")]
    [InlineData("a,\"b\",\n", "1:a|b|")]
    [InlineData("a\n\"b\nc,d\ne\n", "1:a 2:! 3:c|d 4:e")] // never closed: only its first line is lost
    [InlineData("a\n\"b\nc,\"d\"\ne\n", "1:a 2:! 3:c|d 4:e")]
    [InlineData("a\"b,c\nd\n", "1:! 2:d")]
    [InlineData("\"a\"b,c\nd\n", "1:! 2:d")]
    [InlineData("a,b\"", "1:!")]
    [InlineData("\"", "1:!")]
    [InlineData("", "")]
    [InlineData("\uFEFF", "")]
    [InlineData("\n\r\n", "")]
    public void Records_are_split_by_RFC_4180(string text, string expected)
    {
        for (var piece = 1; piece <= text.Length + 3; piece++)
        {
            Assert.Equal(expected, string.Join(' ', Read(text, piece).Select(record => $"{record.Line}:{record.Text}")));
        }
    }

    [Fact]
    public void What_is_written_quoted_is_read_back_however_it_arrives()
    {
        var field = Gen.String[Gen.Char["ab,\"\n\r é\u20AC"], 0, 12];
        var record = field.Array[1, 5].Where(fields => fields.Length > 1 || fields[0].Length > 0);
        Gen.Select(record.Array[0, 20], Gen.Int[1, 40], Gen.Bool).Sample((records, piece, crlf) =>
        {
            var text = string.Concat(records.Select(fields => string.Join(',', fields.Select(Quoted)) + (crlf ? "\r\n" : "\n")));

            var read = Read(text, piece);

            Assert.Equal(records.Select(fields => string.Join('|', fields)), read.Select(each => each.Text));
            Assert.Equal(text.Count(c => c == '\n'), records.Sum(fields => 1 + fields.Sum(each => each.Count(c => c == '\n'))));
        });
    }

    [Fact]
    public void Any_bytes_are_split_alike_in_one_piece_and_in_many()
    {
        Gen.Select(Gen.String[Gen.Char["a,\"\n\r"], 0, 60], Gen.Int[1, 7]).Sample((text, piece) =>
        {
            var whole = Read(text, text.Length + 1);

            Assert.Equal(whole, Read(text, piece));
            Assert.Equal(whole.Select(record => record.Line).Order().Distinct(), whole.Select(record => record.Line));
        });
    }

    [Theory]
    [InlineData(Max, "\n", true)]
    [InlineData(Max, "\r\n", true)]
    [InlineData(Max, "", true)]
    [InlineData(Max + 1, "\n", false)]
    [InlineData(Max + 1, "\r\n", false)]
    [InlineData(Max + 1, "", false)]
    [InlineData(Max + 2, "\r\n", false)]
    [InlineData(10 * Max, "\n", false)]
    public void A_record_may_have_as_many_bytes_as_the_limit(int size, string lineEnd, bool whole)
    {
        foreach (var quoted in new[] { false, true })
        {
            var row = quoted ? $"\"{new string('x', size - 2)}\"" : new string('x', size);
            foreach (var piece in new[] { 4096, 1 << 20 })
            {
                var read = Read($"a\n{row}{lineEnd}b\n"[..^(lineEnd.Length == 0 ? 2 : 0)], piece);

                Assert.Equal(whole ? row.Trim('"') : "!", read[1].Text);
                Assert.Equal(lineEnd.Length == 0 ? 2 : 3, read.Count);
                Assert.Equal(lineEnd.Length == 0 ? 2 : 3, read[^1].Line);
            }
        }
    }

    [Fact]
    public void A_line_of_a_gigabyte_is_one_bad_row_in_constant_memory()
    {
        const long Size = 1L << 30;
        var records = new CsvRecordReader();
        records.Begin(new LongLine("a,b\n"u8.ToArray(), Size, "\r\nc,d\n"u8.ToArray()));
        Assert.Equal(CsvRecordKind.Record, records.Read());
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(CsvRecordKind.Malformed, records.Read());

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * Max);
        Assert.Equal((2L, Max), (records.Line, records.Raw.Length));
        Assert.Equal($"row: expected a record of at most {Max} bytes, got {Size} bytes", records.Fault!.ToString());
        Assert.Equal(CsvRecordKind.Record, records.Read());
        Assert.Equal((3L, "c"), (records.Line, Encoding.UTF8.GetString(records[0])));
        Assert.Equal(CsvRecordKind.End, records.Read());
        Assert.Equal(Size + 10, records.Position);
    }

    [Fact]
    public void A_record_of_too_many_fields_is_one_bad_row()
    {
        var most = string.Join(',', Enumerable.Repeat("x", CsvRecordReader.FieldsMax));

        var read = Read($"{most}\n{most},x\n\"x\",{most}\nb\n", 8192);

        Assert.Equal(["1", "2!", "3!", "4"], read.Select(record => record.Line + (record.Text == "!" ? "!" : "")));
    }

    private static string Quoted(string field) =>
        field.IndexOfAny([',', '"', '\n', '\r']) < 0 ? field : "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>All records; fields joined by bars, a malformed line as an exclamation mark.</summary>
    private static List<(long Line, string Text)> Read(string text, int pieceSize)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var records = new CsvRecordReader();
        records.Begin(new Pieces(bytes, pieceSize));
        var read = new List<(long, string)>();
        while (records.Read() is var kind and not CsvRecordKind.End)
        {
            read.Add((records.Line, kind == CsvRecordKind.Malformed ? "!" : Fields(records)));
        }

        Assert.Equal(bytes.Length, records.Position);
        return read;
    }

    private static string Fields(CsvRecordReader records) =>
        string.Join('|', Enumerable.Range(0, records.FieldCount).Select(i => Encoding.UTF8.GetString(records[i])));

    /// <summary>Gives at most so many bytes at a time, as a pipe does.</summary>
    private sealed class Pieces(byte[] bytes, int pieceSize) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, pieceSize));
    }

    /// <summary>Some bytes, very many x, and some bytes.</summary>
    private sealed class LongLine(byte[] before, long size, byte[] after) : MemoryStream
    {
        private long _position;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var (bytes, start) = _position < before.Length ? (before, 0L) : (after, before.Length + size);
            if (_position >= before.Length && _position < before.Length + size)
            {
                var filled = (int)Math.Min(count, before.Length + size - _position);
                buffer.AsSpan(offset, filled).Fill((byte)'x');
                _position += filled;
                return filled;
            }

            var rest = bytes.AsSpan((int)(_position - start));
            var copied = Math.Min(count, rest.Length);
            rest[..copied].CopyTo(buffer.AsSpan(offset));
            _position += copied;
            return copied;
        }
    }
}
