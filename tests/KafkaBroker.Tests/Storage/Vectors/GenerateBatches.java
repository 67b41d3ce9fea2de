import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.*;

/**
 * Writes Batches.txt: record batches as Kafka's Java client sends them, and as Kafka's broker stores them, field by field. Not part of
 * any build; by hand, with Apache Kafka's libs/:
 *
 *   java -cp "KAFKA/libs/*" GenerateBatches.java .
 */
public class GenerateBatches {
    private static final long TIME = 1_700_000_000_000L;
    private static final long STORED_OFFSET = 3;
    private static final long APPEND_TIME = 1_000_000;
    private static final StringBuilder OUT = new StringBuilder();

    public static void main(String[] args) throws Exception {
        var codecs = Map.of("none", Compression.NONE, "gzip", Compression.gzip().build(), "snappy", Compression.snappy().build(),
            "lz4", Compression.lz4().build(), "zstd", Compression.zstd().build());
        for (var codec : new TreeMap<>(codecs).entrySet()) {
            batch(codec.getKey(), build(codec.getValue(), -1, (short) -1, -1, false));
            batch(codec.getKey() + ", idempotent", build(codec.getValue(), 0x1122334455L, (short) 3, 0x7ffffffe, false));
        }

        batch("transactional", build(Compression.NONE, 0x1122334455L, (short) 3, 0, true));
        batch("control", MemoryRecords.withEndTransactionMarker(0, TIME, 0, 0x1122334455L, (short) 3, new EndTransactionMarker(ControlRecordType.COMMIT, 7)));
        Files.writeString(Path.of(args[0]).resolve("Batches.txt"), OUT.toString());
    }

    private static MemoryRecords build(Compression codec, long producerId, short epoch, int sequence, boolean transactional) {
        var builder = MemoryRecords.builder(ByteBuffer.allocate(4096), RecordBatch.CURRENT_MAGIC_VALUE, codec, TimestampType.CREATE_TIME, 0,
            RecordBatch.NO_TIMESTAMP, producerId, epoch, sequence, transactional, false, RecordBatch.NO_PARTITION_LEADER_EPOCH);
        builder.append(TIME + 5, "key".getBytes(), "value, value, value, value, value, value".getBytes(StandardCharsets.UTF_8),
            new Header[] {new RecordHeader("h", new byte[] {1, 2, 3}), new RecordHeader("empty", new byte[0]), new RecordHeader("null", (byte[]) null)});
        builder.append(TIME, "deleted".getBytes(), null);
        builder.append(TIME + 300, null, "no key".getBytes());
        return builder.build();
    }

    private static void batch(String name, MemoryRecords records) {
        OUT.append("batch ").append(name).append('\n');
        write("sent", records.buffer());
        var batch = records.batches().iterator().next();
        batch.setLastOffset(STORED_OFFSET + batch.lastOffset());
        batch.setPartitionLeaderEpoch(0);
        write("stored", records.buffer());
        batch.setMaxTimestamp(TimestampType.LOG_APPEND_TIME, APPEND_TIME);
        write("stamped", records.buffer());
        batch.ensureValid();
        OUT.append('\n');
    }

    private static void write(String title, ByteBuffer batch) {
        OUT.append(title).append('\n');
        for (var part : ("base_offset 8,batch_length 4,leader_epoch 4,magic 1,crc 4,attributes 2,last_offset_delta 4,base_timestamp 8,"
            + "max_timestamp 8,producer_id 8,producer_epoch 2,base_sequence 4,record_count 4").split(",")) {
            field(batch, Integer.parseInt(part.split(" ")[1]), part.split(" ")[0]);
        }

        field(batch, batch.remaining(), "records");
    }

    private static void field(ByteBuffer batch, int size, String name) {
        var bytes = new byte[size];
        batch.get(bytes);
        OUT.append(String.format("  %-18s %s%n", HexFormat.of().formatHex(bytes), name));
    }
}
