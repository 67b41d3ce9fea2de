using System.Globalization;

namespace StockAspire.Bench.Cassandra;

/// <summary>The loads of this repository's client and store, in a process of its own so that its CPU and memory are theirs alone.</summary>
internal static class CassandraClient
{
    public const string Verb = "cassandra-client";

    public const string CqlWrite = "cql-write";
    public const string CqlRead = "cql-read";
    public const string CqlLatest = "cql-latest";
    public const string StoreWrite = "store-write";
    public const string StoreRead = "store-read";
    public const string StoreLatest = "store-latest";
    public const string StoreCount = "store-count";
    public const string SteadyWrite = "steady-write";

    private static readonly int? ServerPid =
        int.TryParse(Environment.GetEnvironmentVariable("SERVER_PID"), CultureInfo.InvariantCulture, out var pid) ? pid : null;

    /// <param name="arguments">TEST CONTACT ROWS DATA [VARIANT...], where a variant is as the peers have it: 50x64.</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var (test, contact) = (arguments[0], arguments[1]);
        var ticks = new PeerTicks(arguments[3], int.Parse(arguments[2], CultureInfo.InvariantCulture));
        var variants = arguments.Skip(4).Select(Variant).ToList();
        switch (test)
        {
            case CqlWrite:
                await using (var loads = await CqlLoads.OpenAsync(contact, ticks))
                {
                    await loads.WriteAsync(variants);
                }

                break;
            case CqlRead:
                await using (var loads = await CqlLoads.OpenAsync(contact, ticks))
                {
                    await loads.ReadAsync(variants);
                }

                break;
            case CqlLatest:
                await using (var loads = await CqlLoads.OpenAsync(contact, ticks))
                {
                    await loads.LatestAsync();
                }

                break;
            case SteadyWrite:
                await using (var loads = await CqlLoads.OpenAsync(contact, ticks))
                {
                    await loads.WriteSteadilyAsync(variants[0].Right);
                }

                break;
            case StoreWrite:
                await using (var loads = new StoreLoads(contact, ticks))
                {
                    await loads.WriteAsync(variants);
                }

                break;
            case StoreRead:
                await using (var loads = new StoreLoads(contact, ticks))
                {
                    await loads.ReadAsync(variants);
                }

                break;
            case StoreLatest:
                await using (var loads = new StoreLoads(contact, ticks))
                {
                    await loads.LatestAsync();
                }

                break;
            case StoreCount:
                await using (var loads = new StoreLoads(contact, ticks))
                {
                    await loads.CountAsync();
                }

                break;
            default:
                throw new ArgumentException($"Unknown test {test}.");
        }
    }

    /// <summary>Measures a load in this process, and prints its line.</summary>
    public static async Task MeasureAsync(string name, Func<Task<long>> load)
    {
        var meter = new ProcessMeter(Environment.ProcessId, ServerPid);
        var allocated = GC.GetTotalAllocatedBytes();
        var rows = await load();
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{meter.Line(name, rows)} allocated_B/row={(double)allocated / rows:f1}"));
    }

    /// <summary>Prints percentiles of looks-up in the peers' way.</summary>
    /// <param name="name">Of the line.</param>
    /// <param name="ticks">How long each took, in ticks of the stopwatch; sorted here.</param>
    public static void PrintLatencies(string name, long[] ticks)
    {
        Array.Sort(ticks);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-34} p50={Us(0.5):f0} us p99={Us(0.99):f0} us p99.9={Us(0.999):f0} us"));

        double Us(double share) => ticks[(int)(ticks.Length * share)] * 1e6 / System.Diagnostics.Stopwatch.Frequency;
    }

    private static (int Left, int Right) Variant(string text)
    {
        var parts = text.Split('x');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
