using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;
using StockAspire.KafkaBroker.Protocol;
using StockAspire.KafkaBroker.Storage;
using StockAspire.KafkaBroker.Topics;

namespace StockAspire.KafkaBroker.Tests.Storage;

/// <summary>One partition log in its own folder, that can be closed, dropped as a crash would, damaged, and opened again.</summary>
internal sealed class TestLog : IDisposable
{
    private readonly TemporaryDirectory? _own;
    private readonly string _folder;
    private readonly FsyncMode _fsync;
    private readonly TopicConfig _config;

    public TestLog(FsyncMode fsync = FsyncMode.None, params (string Name, string Value)[] settings)
        : this(null, fsync, settings)
    {
    }

    /// <param name="folder">Where to put the log; null for a folder of its own.</param>
    public TestLog(string? folder, FsyncMode fsync, params (string Name, string Value)[] settings)
    {
        _own = folder is null ? new TemporaryDirectory() : null;
        _folder = folder ?? _own!.Path;
        _fsync = fsync;
        var (created, error) = TopicConfig.Create(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value)));
        _config = created ?? throw new ArgumentException(error, nameof(settings));
        Log = Open(clean: false);
    }

    public PartitionLog Log { get; private set; }

    /// <summary>A test may put a smaller one here; it counts from the next opening on.</summary>
    public SegmentCache Cache { get; set; } = new();

    /// <summary>fsync; a test may let it fail.</summary>
    public Action<SafeFileHandle> FlushFile { get; set; } = RandomAccess.FlushToDisk;

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(1_000_000));

    private LogSurroundings Surroundings => new(_fsync, Cache, Time, NullLogger.Instance) { FlushFile = file => FlushFile(file) };

    public string[] SegmentPaths => [.. Directory.GetFiles(_folder, "*.log").Order(StringComparer.Ordinal)];

    public AppendResult Append(params (string? Key, string? Value)[] records) => Append(TestBatch.Create(records));

    public AppendResult Append(byte[] batch)
    {
        var (error, message) = BatchValidator.Validate(batch, _config, out var header);
        return error == ErrorCode.None ? Log.Append(batch, header) : throw new ArgumentException(message, nameof(batch));
    }

    public AppendResult AppendIdempotent(long producer, short epoch, int sequence, int count) =>
        Append(TestBatch.Create(producer, epoch, sequence, 1_000, [.. Enumerable.Range(0, count).Select(i => ((string?)"k" + i, (string?)"v"))]));

    /// <summary>Opens the log as after kill -9.</summary>
    public void Crash()
    {
        Log.Dispose();
        Log = Open(clean: false);
    }

    /// <summary>Lets go of the files, runs <paramref name="damage"/> on the last segment, and opens the log as after kill -9.</summary>
    public void CrashAnd(Action<FileStream> damage)
    {
        Log.Dispose();
        using (var file = new FileStream(SegmentPaths[^1], FileMode.Open, FileAccess.ReadWrite))
        {
            damage(file);
        }

        Log = Open(clean: false);
    }

    /// <summary>Lets go of the files, runs <paramref name="damage"/> on the folder, and opens the log, by default as after kill -9.</summary>
    public void CrashAndDamage(Action<string> damage, bool clean = false)
    {
        Log.Dispose();
        damage(_folder);
        Log = Open(clean);
    }

    public void StopAndStart()
    {
        Log.Close();
        Log = Open(clean: true);
    }

    /// <summary>All records from an offset on, read as a consumer reads: plan, fill, go on behind the last batch.</summary>
    public List<(long Offset, string? Key)> ReadAll(long from = 0, int chunk = 200)
    {
        var all = new List<(long, string?)>();
        var offset = Math.Max(from, Log.LogStartOffset);
        while (true)
        {
            var plan = Log.PlanRead(offset, chunk, atLeastOne: true);
            Assert.Equal(ErrorCode.None, plan.Error);
            if (plan.Segment is null)
            {
                return all;
            }

            var bytes = new byte[plan.Size];
            var (size, _) = PartitionLog.Fill(bytes, plan);
            Assert.True(size > 0);
            for (var at = 0; at < size;)
            {
                var header = BatchHeader.Read(bytes.AsSpan(at));
                var reader = new RecordReader(BatchCompression.TryDecompress(bytes.AsSpan(at + 61, (int)header.TotalSize - 61), header.Compression));
                while (reader.TryRead(out var record))
                {
                    all.Add((header.BaseOffset + record.OffsetDelta, record.HasKey ? Encoding.UTF8.GetString(record.Key) : null));
                }

                at += (int)header.TotalSize;
                offset = header.NextOffset;
            }
        }
    }

    public void Dispose()
    {
        Log.Dispose();
        _own?.Dispose();
    }

    private PartitionLog Open(bool clean) => PartitionLog.Open("t-0", _folder, _config, Surroundings, clean);
}
