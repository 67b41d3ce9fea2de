using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Confluent.Kafka;
using Grpc.Core;
using Grpc.Net.Client;
using StockAspire.Market.Blocks;
using StockAspire.Protos.V1;
using Tick = StockAspire.Market.Tick;
using TickBlock = StockAspire.Protos.V1.TickBlock;

namespace StockAspire.Bench.Pipeline;

/// <summary>The pipeline as a user runs it, and the ways into it that are measured.</summary>
internal sealed class RunningPipeline : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private static readonly string[] Services = ["ingest", "kafka", "sink", "query"];

    private readonly Process _host;
    private readonly string _data;
    private readonly JsonElement _endpoints;
    private readonly GrpcChannel _ingest;
    private readonly GrpcChannel _query;

    private RunningPipeline(Process host, string data, JsonElement endpoints)
    {
        _host = host;
        _data = data;
        _endpoints = endpoints;
        _ingest = GrpcChannel.ForAddress(endpoints.GetProperty("ingest").GetProperty("grpc").GetString()!);
        _query = GrpcChannel.ForAddress(endpoints.GetProperty("query").GetProperty("grpc").GetString()!);
    }

    public string Kafka => _endpoints.GetProperty("kafka").GetString()!;

    /// <summary>User and system time of Ingest, Kafka, the Sink and Query together.</summary>
    public double CpuSeconds => Services.Sum(name => ProcessMeter.CpuSeconds(Pid(name)));

    /// <summary>User and system time of the dashboard, which takes all telemetry; 0 without one.</summary>
    public double DashboardCpuSeconds => _endpoints.GetProperty("pids").TryGetProperty("dashboard", out var pid) ? ProcessMeter.CpuSeconds(pid.GetInt32()) : 0;

    /// <param name="csvRoot">Where files to load are.</param>
    /// <param name="dashboard">Whether the AppHost's dashboard runs, which all services then send telemetry to.</param>
    /// <param name="environment">More variables of the AppHost and so of its services.</param>
    public static async Task<RunningPipeline> StartAsync(string csvRoot, bool dashboard = false, IReadOnlyDictionary<string, string>? environment = null)
    {
        var assembly = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "AppHost", "bin", "Release", "net10.0", "StockAspire.AppHost.dll"));
        var data = Directory.CreateTempSubdirectory("stockaspire-bench-").FullName;
        var start = new ProcessStartInfo(
            "dotnet",
            [assembly, $"--AppHost:DataDirectory={data}", "--AppHost:Ports=dynamic", $"--AppHost:Dashboard={(dashboard ? "embedded" : "none")}", $"--Ingest:CsvRoot={csvRoot}"])
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var host = Process.Start(start)!;
        host.OutputDataReceived += (_, _) => { };
        host.BeginOutputReadLine();
        var file = Path.Combine(data, "endpoints.json");
        using var client = new HttpClient();
        while (true)
        {
            if (host.HasExited)
            {
                throw new InvalidOperationException($"The AppHost ended with {host.ExitCode}.");
            }

            if (File.Exists(file))
            {
                using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file));
                try
                {
                    (await client.GetAsync(new Uri(json.RootElement.GetProperty("query").GetProperty("http").GetString() + "/health"))).EnsureSuccessStatusCode();
                    (await client.GetAsync(new Uri(json.RootElement.GetProperty("ingest").GetProperty("http").GetString() + "/health"))).EnsureSuccessStatusCode();
                    return new RunningPipeline(host, data, json.RootElement.Clone());
                }
                catch (HttpRequestException)
                {
                    // Not up yet.
                }
            }

            await Task.Delay(Poll);
        }
    }

    /// <summary>Stops the Sink for a measurement that is not about it: SIGSTOP, then SIGCONT.</summary>
    public void Freeze(string resource, bool frozen) => Freeze(Pid(resource), frozen);

    /// <summary>Stops the AppHost and all that it runs, for a measurement of another pipeline.</summary>
    public void Freeze(bool frozen)
    {
        Freeze(_host.Id, frozen);
        foreach (var resource in _endpoints.GetProperty("pids").EnumerateObject())
        {
            Freeze(resource.Value.GetInt32(), frozen);
        }
    }

    /// <summary>Streams the ticks in full blocks until all are acknowledged: in Kafka and sealed. Ticks per second.</summary>
    public async Task<double> StreamAsync(string source, Tick[] ticks)
    {
        var blocks = Encode(ticks);
        var clock = Stopwatch.StartNew();
        using var call = new IngestService.IngestServiceClient(_ingest).StreamTicks();
        await call.RequestStream.WriteAsync(new StreamTicksRequest { Open = new StreamOpen { Source = source, FirstSequence = 1 } });
        var reading = Task.Run(async () =>
        {
            var through = 0UL;
            await foreach (var response in call.ResponseStream.ReadAllAsync())
            {
                through = response.Ack?.ThroughSequence ?? through;
            }

            return through;
        });
        foreach (var block in blocks)
        {
            await call.RequestStream.WriteAsync(new StreamTicksRequest { Block = block });
        }

        await call.RequestStream.CompleteAsync();
        var acknowledged = await reading;
        return acknowledged == (ulong)ticks.Length
            ? ticks.Length / clock.Elapsed.TotalSeconds
            : throw new InvalidOperationException($"{acknowledged} of {ticks.Length} acknowledged");
    }

    /// <summary>Loads a file flat out until it is sealed.</summary>
    public async Task<(long Rows, TimeSpan Elapsed)> LoadAsync(string path)
    {
        var client = new IngestService.IngestServiceClient(_ingest);
        var clock = Stopwatch.StartNew();
        var load = (await client.StartLoadAsync(new StartLoadRequest { Path = path, Mode = LoadMode.Load })).Load;
        while (load.Record.State is not LoadState.Done)
        {
            if (load.Record.State == LoadState.Failed)
            {
                throw new InvalidOperationException(load.Record.Failure);
            }

            await Task.Delay(Poll);
            load = (await client.GetLoadAsync(new GetLoadRequest { Load = load.Load_ })).Load;
        }

        return ((long)load.RowsSealed, clock.Elapsed);
    }

    /// <summary>Waits until the Sink has committed everything that is published now, by Kafka's own word.</summary>
    public async Task DrainAsync()
    {
        var ends = Ends();
        var client = new OpsService.OpsServiceClient(_query);
        while (true)
        {
            var status = await client.GetPipelineStatusAsync(new GetPipelineStatusRequest());
            var committed = status.Partitions.ToDictionary(partition => partition.Partition, partition => partition.CommittedOffset);
            if (ends.All(end => end.Value == 0 || (committed.TryGetValue(end.Key, out var offset) && offset >= end.Value)))
            {
                return;
            }

            await Task.Delay(Poll);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ingest.Dispose();
        _query.Dispose();
        _ = NativeMethods.Kill(_host.Id, 2);
        await _host.WaitForExitAsync();
        _host.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    private static void Freeze(int process, bool frozen) => _ = NativeMethods.Kill(process, frozen ? 19 : 18);

    private int Pid(string resource) => _endpoints.GetProperty("pids").GetProperty(resource).GetInt32();

    private Dictionary<int, long> Ends()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = Kafka, GroupId = "bench" }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        return admin.GetMetadata("ticks", Limit).Topics[0].Partitions.ToDictionary(
            partition => partition.PartitionId,
            partition => consumer.QueryWatermarkOffsets(new TopicPartition("ticks", partition.PartitionId), Limit).High.Value);
    }

    private static List<TickBlock> Encode(ReadOnlySpan<Tick> ticks)
    {
        var blocks = new List<TickBlock>();
        var writer = new TickBlockWriter();
        foreach (ref readonly var tick in ticks)
        {
            if (!writer.TryAdd(tick))
            {
                blocks.Add(TickBlock.Parser.ParseFrom(writer.ToArray()));
                writer.TryAdd(tick);
            }
        }

        blocks.Add(TickBlock.Parser.ParseFrom(writer.ToArray()));
        return blocks;
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int processId, int signal);
    }
}
