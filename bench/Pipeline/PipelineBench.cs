using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;

namespace StockAspire.Bench.Pipeline;

/// <summary>
/// The pipeline against plain programs on the same broker and disk. One round for each trade file, of which the first warms up;
/// ratios above 1 mean that the pipeline is faster than the plain program.
/// </summary>
internal static class PipelineBench
{
    public static async Task RunAsync(string folder, IReadOnlyList<string> files)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "AppHost", "bin", "Release", "net10.0", "StockAspire.AppHost.dll");
        var loads = Directory.CreateTempSubdirectory("stockaspire-bench-loads-").FullName;
        await using var pipeline = await RunningPipeline.StartAsync(Path.GetFullPath(assembly), loads);

        Console.WriteLine("file                        ticks    bare producer  gRPC->Kafka (ratio)  CSV->Kafka (ratio)  bare SQLite  CSV->stored (ratio)   [ticks/s]");
        foreach (var (round, name) in files.Index())
        {
            var file = Path.Combine(folder, name);
            var source = string.Create(CultureInfo.InvariantCulture, $"bench-{round}");
            var ticks = Trades.Read(file, source);

            // The plain programs know no Sink: it is frozen while ways into Kafka are measured.
            await pipeline.DrainAsync();
            pipeline.Freeze("sink", frozen: true);
            var bareKafka = Baselines.ProduceEach(pipeline.Kafka, "bench-plain", ticks);
            var grpc = await pipeline.StreamAsync(source, ticks);
            var csv = await pipeline.LoadAsync(Path.GetRelativePath(loads, Trades.Repack(file, Path.Combine(loads, "kafka"), CompressionLevel.Optimal)));
            pipeline.Freeze("sink", frozen: false);
            await pipeline.DrainAsync();

            var scratch = Path.GetTempFileName();
            var bareSqlite = Baselines.InsertEach(scratch, ticks);
            foreach (var suffix in new[] { string.Empty, "-wal", "-shm" })
            {
                File.Delete(scratch + suffix);
            }

            // The same bytes would be the same source, already loaded: packed otherwise, it is another file.
            var again = Trades.Repack(file, Path.Combine(loads, "store"), CompressionLevel.Fastest);
            var clock = Stopwatch.StartNew();
            await pipeline.LoadAsync(Path.GetRelativePath(loads, again));
            await pipeline.DrainAsync();
            var stored = ticks.Length / clock.Elapsed.TotalSeconds;

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-24} {ticks.Length,8:n0} {bareKafka,16:n0} {grpc,12:n0} ({grpc / bareKafka,5:f2}) {csv,12:n0} ({csv / bareKafka,5:f2}) {bareSqlite,12:n0} {stored,12:n0} ({stored / bareSqlite,5:f2}){(round == 0 ? "   warm-up" : string.Empty)}"));
        }

        Directory.Delete(loads, recursive: true);
    }
}
