using System.IO.Compression;
using System.Text;
using StockAspire.Feeds.Mapping;
using StockAspire.Market;

namespace StockAspire.Feeds.Tests;

/// <summary>Files in a folder of their own, and their rows.</summary>
public abstract class FeedFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stockaspire-feeds-");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    protected string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    protected string WriteZip(string name, params (string Entry, string Text)[] entries)
    {
        var path = Path.Combine(_folder.FullName, name);
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (entry, text) in entries)
        {
            using var stream = archive.CreateEntry(entry).Open();
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return path;
    }

    protected static FeedRows ReadAll(string path, FeedMapping? mapping = null, int batchRows = 4096, ulong from = 1)
    {
        using var file = FeedFile.Open(path);
        using var reader = FeedReader.Open(file, mapping);
        reader.SkipTo(from);
        return FeedRows.Of(reader, batchRows);
    }

    protected static FeedException Refused(string path, FeedMapping? mapping = null)
    {
        using var file = FeedFile.Open(path);
        return Assert.Throws<FeedException>(() => FeedReader.Open(file, mapping).Dispose());
    }
}

/// <summary>Every row of a file.</summary>
public sealed record FeedRows(string Source, FeedMapping Mapping, List<Tick> Ticks, List<RowReject> Rejects, long ReadBytes)
{
    public static FeedRows Of(FeedReader reader, int batchRows)
    {
        var rows = new FeedRows(reader.Source, reader.Mapping, [], [], 0);
        var batch = new FeedBatch();
        while (reader.Read(batch, batchRows))
        {
            Assert.InRange(batch.RowCount, 1, batchRows);
            Assert.Equal(reader.NextSequence, batch.NextSequence);
            rows.Ticks.AddRange(batch.Ticks);
            rows.Rejects.AddRange(batch.Rejects);
        }

        Assert.Equal(reader.TickCount, (ulong)rows.Ticks.Count);
        Assert.Equal(reader.RejectCount, (ulong)rows.Rejects.Count);
        return rows with { ReadBytes = reader.ReadBytes };
    }
}
