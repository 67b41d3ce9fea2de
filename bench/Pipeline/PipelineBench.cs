using System.Diagnostics;
using System.Globalization;

namespace StockAspire.Bench.Pipeline;

/// <summary>
/// The pipeline against plain programs on the same broker and disk. One round for each trade file, of which the first warms up;
/// ratios above 1 mean that the pipeline is faster than the plain program.
/// </summary>
internal static class PipelineBench
{
    public static async Task RunAsync(string folder, IReadOnlyList<string> files)
    {
        var loads = Directory.CreateTempSubdirectory("stockaspire-bench-loads-").FullName;
        await using var pipeline = await RunningPipeline.StartAsync(loads);

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
            var (rows, elapsed) = await pipeline.LoadAsync(Path.GetRelativePath(loads, Trades.Copy(file, loads, 2 * round)));
            var csv = rows / elapsed.TotalSeconds;
            pipeline.Freeze("sink", frozen: false);
            await pipeline.DrainAsync();

            var scratch = Path.GetTempFileName();
            var bareSqlite = Baselines.InsertEach(scratch, ticks);
            foreach (var suffix in new[] { string.Empty, "-wal", "-shm" })
            {
                File.Delete(scratch + suffix);
            }

            var again = Trades.Copy(file, loads, (2 * round) + 1);
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
