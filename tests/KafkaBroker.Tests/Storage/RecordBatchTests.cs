using System.Text;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Storage;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Tests.Storage;

public sealed class RecordBatchTests
{
    /// <summary>One record k=v with header h=1, as librdkafka 2.0.2 (kcat 1.7.1) sent it.</summary>
    private const string Plain =
        "0000000000000000" + // base offset
        "0000003e" +         // length of what follows
        "00000000" +         // leader epoch
        "02" +               // magic
        "9cc94b96" +         // CRC-32C from here on
        "0000" +             // attributes
        "00000000" +         // last offset delta
        "000001a206cb94f7" + // base timestamp
        "000001a206cb94f7" + // max timestamp
        "ffffffffffffffff" + // producer id
        "ffff" +             // producer epoch
        "ffffffff" +         // base sequence
        "00000001" +         // records
        "18" + "00" + "00" + "00" + "026b" + "0276" + "02" + "0268" + "0231"; // length, attributes, deltas, key, value, headers

    /// <summary>Eight records key1..key8 with 50 times "a", lz4 by librdkafka.</summary>
    private const string Lz4 =
        "000000000000000000000098000000000226fbab8b000300000007000001a206cb9682000001a206cb9682ffffffffffffffffffffffffffff00000008"
        + "04224d1860408258000000bf78000000086b657931646101001e5000780000023d001f323d002410043d001f333d002410063d001f343d002410083d001f353d0024100a3d001f363d0024100c3d001f373d0024100e3d001f383d001c50616161610000000000";

    /// <summary>The same by gzip.</summary>
    private const string Gzip =
        "0000000000000000000000830000000002f9dec716000100000007000001a206cb96a0000001a206cb96a1ffffffffffffffffffffffffffff00000008"
        + "1f8b0800000000000003ab606060e0c84ead344c492419305430303081341b91a99905a4d9984ccd6c20cd26646ae60069362553331748b319999a79409acdc9d3ccc407d26c418e6600bf9ab0b9e8010000";

    [Fact]
    public void Header_of_a_real_batch_reads_field_by_field()
    {
        var batch = Convert.FromHexString(Plain);
        var header = BatchHeader.Read(batch);
        Assert.Equal(0, header.BaseOffset);
        Assert.Equal(74, header.TotalSize);
        Assert.Equal(2, header.Magic);
        Assert.Equal(0x9cc94b96u, header.Crc);
        Assert.Equal(0, header.Attributes);
        Assert.Equal(0, header.LastOffsetDelta);
        Assert.Equal(0x1a206cb94f7, header.BaseTimestamp);
        Assert.Equal(0x1a206cb94f7, header.MaxTimestamp);
        Assert.Equal(-1, header.ProducerId);
        Assert.Equal(-1, header.ProducerEpoch);
        Assert.Equal(-1, header.BaseSequence);
        Assert.Equal(1, header.RecordCount);
        Assert.Equal(header.Crc, Crc32C.Compute(batch.AsSpan(21)));
    }

    [Fact]
    public void Crc_of_the_check_string_is_the_one_of_the_standard() => Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));

    [Theory]
    [InlineData(Plain, 1)]
    [InlineData(Lz4, 8)]
    [InlineData(Gzip, 8)]
    public void Real_batches_are_valid_and_assigning_an_offset_keeps_the_checksum(string hex, int count)
    {
        var batch = Convert.FromHexString(hex);
        Assert.Equal((ErrorCode.None, null), BatchValidator.Validate(batch, TopicConfig.Default, out var header));
        Assert.Equal(count, header.RecordCount);
        BatchHeader.Assign(batch, 0x0102030405060708, 0x11121314);
        Assert.Equal(header.Crc, Crc32C.Compute(batch.AsSpan(21)));
        Assert.Equal("010203040506070800000", Convert.ToHexString(batch)[..21]);
        Assert.Equal("11121314", Convert.ToHexString(batch)[24..32]);
    }

    [Theory]
    [InlineData(Lz4)]
    [InlineData(Gzip)]
    public void Compressed_records_of_a_real_client_are_read(string hex)
    {
        var batch = Convert.FromHexString(hex);
        var header = BatchHeader.Read(batch);
        var reader = new RecordReader(BatchCompression.TryDecompress(batch.AsSpan(61), header.Compression)!);
        for (var i = 0; i < 8; i++)
        {
            Assert.True(reader.TryRead(out var record));
            Assert.Equal("key" + (i + 1), Encoding.ASCII.GetString(record.Key));
            Assert.Equal(i, record.OffsetDelta);
            Assert.True(record.HasValue);
        }

        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void Damaged_compressed_records_are_never_read_beyond_and_never_throw()
    {
        var seed = TestRun.Seed;
        var random = new Random(seed);
        foreach (var hex in new[] { Lz4, Gzip })
        {
            var header = BatchHeader.Read(Convert.FromHexString(hex));
            for (var i = 0; i < 20_000; i++)
            {
                var records = Convert.FromHexString(hex)[61..];
                records[random.Next(records.Length)] ^= (byte)(1 << random.Next(8));
                var cut = records.AsSpan(0, random.Next(records.Length + 1));
                try
                {
                    if (BatchCompression.TryDecompress(cut, header.Compression) is { } bytes)
                    {
                        var reader = new RecordReader(bytes);
                        while (reader.TryRead(out _))
                        {
                        }
                    }
                }
                catch (Exception e)
                {
                    Assert.Fail($"seed {seed}, round {i}: {e}");
                }
            }
        }
    }

    [Theory]
    [InlineData(7, 1, ErrorCode.InvalidRecord)]                // base offset
    [InlineData(16, 1, ErrorCode.InvalidRecord)]               // magic of an old format
    [InlineData(16, 3, ErrorCode.CorruptMessage)]              // magic of no format
    [InlineData(17, 0, ErrorCode.CorruptMessage)]              // CRC
    [InlineData(70, 0, ErrorCode.CorruptMessage)]              // a record's byte
    [InlineData(11, 0x3f, ErrorCode.InvalidRecord)]            // length beyond the field: no whole batch
    [InlineData(11, 0x3d, ErrorCode.CorruptMessage)]           // length short by one: the checksum cannot fit
    [InlineData(8, 0xff, ErrorCode.CorruptMessage)]            // negative length
    public void Damaged_batch_is_refused(int position, byte value, object expected)
    {
        var batch = Convert.FromHexString(Plain);
        batch[position] = value;
        Assert.Equal((ErrorCode)expected, BatchValidator.Validate(batch, TopicConfig.Default, out _).Error);
    }

    [Theory]
    [InlineData(26, 1, ErrorCode.InvalidRecord)]               // last offset delta against one record
    [InlineData(60, 2, ErrorCode.InvalidRecord)]               // two records announced
    [InlineData(60, 0, ErrorCode.InvalidRecord)]               // none
    [InlineData(22, 0x20, ErrorCode.InvalidRecord)]            // control batch
    [InlineData(22, 0x10, ErrorCode.InvalidTxnState)]          // transactional batch
    [InlineData(22, 0x05, ErrorCode.UnsupportedCompressionType)]
    [InlineData(61, 0x16, ErrorCode.InvalidRecord)]            // record too short for its content
    [InlineData(65, 0x60, ErrorCode.InvalidRecord)]            // key beyond the record
    public void Batch_that_contradicts_itself_is_refused_though_its_checksum_holds(int position, byte value, object expected)
    {
        var batch = Convert.FromHexString(Plain);
        batch[position] = value;
        Assert.Equal((ErrorCode)expected, BatchValidator.Validate(TestBatch.WithCrc(batch), TopicConfig.Default, out _).Error);
    }

    [Theory]
    [InlineData("", ErrorCode.InvalidRecord)]
    [InlineData("000000000000000000", ErrorCode.InvalidRecord)]
    [InlineData(Plain + Plain, ErrorCode.InvalidRecord)]
    [InlineData(Plain + "000000000000000000000001", ErrorCode.CorruptMessage)] // a second batch of an impossible length
    [InlineData(Plain + "0000", ErrorCode.None)]                               // the beginning of another, which Kafka ignores
    public void Exactly_one_whole_batch_is_allowed(string hex, object expected)
    {
        Assert.Equal((ErrorCode)expected, BatchValidator.Validate(Convert.FromHexString(hex), TopicConfig.Default, out var header).Error);
        Assert.True((ErrorCode)expected != ErrorCode.None || header.TotalSize == Plain.Length / 2);
    }

    [Fact]
    public void Batch_above_the_topics_limit_is_refused()
    {
        var config = TopicConfig.Create([new("max.message.bytes", "100")]).Config!;
        Assert.Equal(ErrorCode.MessageTooLarge, BatchValidator.Validate(TestBatch.Create(("k", new string('v', 100))), config, out _).Error);
        Assert.Equal(ErrorCode.None, BatchValidator.Validate(TestBatch.Create(("k", "v")), config, out _).Error);
    }

    [Fact]
    public void Record_without_key_is_refused_in_a_compacted_topic()
    {
        var config = TopicConfig.Create([new("cleanup.policy", "compact")]).Config!;
        Assert.Equal(ErrorCode.InvalidRecord, BatchValidator.Validate(TestBatch.Create((null, "v")), config, out _).Error);
    }
}
