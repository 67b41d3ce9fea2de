using System.Buffers.Binary;
using StockAspire.Market.Blocks;

namespace StockAspire.Market.Seals;

/// <summary>Message <c>stockaspire.v1.Seal</c> (protos/stockaspire/v1/seal.proto) as bytes.</summary>
public static class SealCodec
{
    private const string What = "Seal";
    private const int HashSize = 16;

    /// <summary>Bytes of an encoded seal; larger ones are refused on reading.</summary>
    public const int SizeMax = 900 * 1024;

    public static byte[] Encode(Seal seal)
    {
        var output = new ProtoWriter(256);
        var nested = new ProtoWriter(64);
        Span<byte> hash = stackalloc byte[HashSize];
        output.TextField(1, seal.Source);
        output.VarintField(2, seal.Epoch);
        output.VarintField(3, seal.First);
        output.VarintField(4, seal.Last);
        foreach (var range in seal.Rejected)
        {
            nested.Clear();
            nested.VarintField(1, range.First);
            nested.VarintField(2, range.Last);
            output.BytesField(5, nested.Written);
        }

        foreach (var symbol in seal.Symbols)
        {
            nested.Clear();
            nested.TextField(1, symbol.Symbol);
            nested.VarintField(2, (ulong)symbol.Count);
            nested.VarintField(3, (ulong)symbol.FirstEventTimeNs);
            nested.VarintField(4, (ulong)symbol.LastEventTimeNs);
            BinaryPrimitives.WriteUInt128LittleEndian(hash, symbol.HashSum);
            nested.BytesField(5, hash);
            output.BytesField(6, nested.Written);
        }

        foreach (var correction in seal.Corrections)
        {
            nested.Clear();
            nested.TextField(1, correction.Symbol);
            nested.VarintField(2, correction.Sequence);
            nested.VarintField(3, correction.Revision);
            nested.VarintField(4, (ulong)correction.EventTimeNs);
            BinaryPrimitives.WriteUInt128LittleEndian(hash, correction.Hash);
            nested.BytesField(5, hash);
            output.BytesField(7, nested.Written);
        }

        output.VarintField(8, (ulong)seal.SealedAtNs);
        return output.Written.ToArray();
    }

    /// <exception cref="TickBlockFormatException">The bytes are no seal.</exception>
    public static Seal Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > SizeMax)
        {
            throw new TickBlockFormatException($"{What}: expected at most {SizeMax} bytes, got {bytes.Length}.");
        }

        var source = string.Empty;
        ulong epoch = 0, first = 0, last = 0, sealedAt = 0;
        List<SequenceRange> rejected = [];
        List<SymbolSeal> symbols = [];
        List<CorrectionSeal> corrections = [];
        var reader = new ProtoReader(bytes, What);
        while (reader.NextField(out var field, out var wireType))
        {
            switch (field, wireType)
            {
                case (1, ProtoReader.LengthType):
                    source = reader.Text();
                    break;
                case (2, ProtoReader.VarintType):
                    epoch = reader.Varint();
                    break;
                case (3, ProtoReader.VarintType):
                    first = reader.Varint();
                    break;
                case (4, ProtoReader.VarintType):
                    last = reader.Varint();
                    break;
                case (5, ProtoReader.LengthType):
                    var range = ReadNested(reader.Bytes());
                    rejected.Add(new SequenceRange(range.First, range.Second));
                    break;
                case (6, ProtoReader.LengthType):
                    var symbol = ReadNested(reader.Bytes());
                    symbols.Add(new SymbolSeal(symbol.Text, (long)symbol.Second, (long)symbol.Third, (long)symbol.Fourth, symbol.Hash));
                    break;
                case (7, ProtoReader.LengthType):
                    var correction = ReadNested(reader.Bytes());
                    corrections.Add(new CorrectionSeal(correction.Text, correction.Second, (uint)correction.Third, (long)correction.Fourth, correction.Hash));
                    break;
                case (8, ProtoReader.VarintType):
                    sealedAt = reader.Varint();
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        return new Seal
        {
            Source = source,
            Epoch = epoch,
            First = first,
            Last = last,
            Rejected = rejected,
            Symbols = symbols,
            Corrections = corrections,
            SealedAtNs = (long)sealedAt,
        };
    }

    /// <summary>The three nested messages share one shape: text or number first, then numbers, then a hash.</summary>
    private static (string Text, ulong First, ulong Second, ulong Third, ulong Fourth, UInt128 Hash) ReadNested(ReadOnlySpan<byte> bytes)
    {
        var text = string.Empty;
        ulong first = 0, second = 0, third = 0, fourth = 0;
        UInt128 hash = 0;
        var reader = new ProtoReader(bytes, What);
        while (reader.NextField(out var field, out var wireType))
        {
            switch (field, wireType)
            {
                case (1, ProtoReader.LengthType):
                    text = reader.Text();
                    break;
                case (1, ProtoReader.VarintType):
                    first = reader.Varint();
                    break;
                case (2, ProtoReader.VarintType):
                    second = reader.Varint();
                    break;
                case (3, ProtoReader.VarintType):
                    third = reader.Varint();
                    break;
                case (4, ProtoReader.VarintType):
                    fourth = reader.Varint();
                    break;
                case (5, ProtoReader.LengthType):
                    var body = reader.Bytes();
                    hash = body.Length == HashSize
                        ? BinaryPrimitives.ReadUInt128LittleEndian(body)
                        : throw new TickBlockFormatException($"{What}: expected a hash of {HashSize} bytes, got {body.Length}.");
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        return (text, first, second, third, fourth, hash);
    }
}
