using System.Diagnostics;

namespace StockAspire.Bench.Pipeline;

/// <summary>
/// What telemetry costs at full speed, in time and in the CPU of the services, from CSV to stored. A pipeline for each
/// contender; in each round all load the same file in turn, while the others are frozen.
/// </summary>
internal static class TracingBench
{
    private const string NoTelemetry = "no telemetry";
    private const string NoTraces = "logs and metrics";
    private const string Everything = "with traces";

    private static readonly string[] Contenders = [NoTelemetry, NoTraces, Everything];

    /// <summary>The first rounds, in which the pipelines are still being compiled, count for nothing.</summary>
    private const int WarmUpRounds = 3;

    public static async Task RunAsync(string file, int rounds)
    {
        var loads = Directory.CreateTempSubdirectory("stockaspire-bench-loads-").FullName;
        var pipelines = new List<RunningPipeline>();
        try
        {
            foreach (var contender in Contenders)
            {
                pipelines.Add(await StartAsync(contender, loads));
                pipelines[^1].Freeze(frozen: true);
            }

            var results = new Results();
            for (var round = 1 - WarmUpRounds; round <= rounds; round++)
            {
                var copy = Path.GetRelativePath(loads, Trades.Copy(file, loads, round + WarmUpRounds));
                for (var turn = 0; turn < Contenders.Length; turn++)
                {
                    // In another order each time: none always comes after the same one.
                    var i = (round + WarmUpRounds + turn) % Contenders.Length;
                    pipelines[i].Freeze(frozen: false);
                    await MeasureAsync(results, Math.Max(0, round), Contenders[i], pipelines[i], copy);
                    pipelines[i].Freeze(frozen: true);
                }
            }

            results.PrintMedians(Contenders, [NoTelemetry, NoTraces]);
        }
        finally
        {
            foreach (var pipeline in pipelines)
            {
                pipeline.Freeze(frozen: false);
                await pipeline.DisposeAsync();
            }

            Directory.Delete(loads, recursive: true);
        }
    }

    /// <summary>Telemetry goes to the AppHost's dashboard, each second as in development.</summary>
    private static Task<RunningPipeline> StartAsync(string contender, string loads) => RunningPipeline.StartAsync(
        loads,
        dashboard: contender != NoTelemetry,
        new Dictionary<string, string>
        {
            ["OTEL_TRACES_SAMPLER"] = contender == Everything ? "always_on" : "always_off",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "1000",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "1000",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        });

    private static async Task MeasureAsync(Results results, int round, string contender, RunningPipeline pipeline, string file)
    {
        var (cpu, dashboard, clock) = (pipeline.CpuSeconds, pipeline.DashboardCpuSeconds, Stopwatch.StartNew());
        var (rows, _) = await pipeline.LoadAsync(file);
        await pipeline.DrainAsync();
        var seconds = clock.Elapsed.TotalSeconds;
        results.Add(round, "ticks/s", contender, rows / seconds);
        results.Add(round, "services' CPU, us/tick", contender, (pipeline.CpuSeconds - cpu) / rows * 1e6);
        if (contender != NoTelemetry)
        {
            results.Add(round, "dashboard's CPU, us/tick", contender, (pipeline.DashboardCpuSeconds - dashboard) / rows * 1e6);
        }
    }
}
