using System.Diagnostics;
using System.Globalization;

namespace StockAspire.Bench;

/// <summary>Time of a load, and what the client's and the server's process used meanwhile; from /proc, as the peers measure themselves.</summary>
internal sealed class ProcessMeter
{
    private const double ClockTicksPerSecond = 100;

    private readonly int _client;
    private readonly int? _server;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly double _clientCpu;
    private readonly double _serverCpu;

    public ProcessMeter(int client, int? server)
    {
        (_client, _server) = (client, server);
        _clientCpu = CpuSeconds(client);
        _serverCpu = server is { } id ? CpuSeconds(id) : double.NaN;
    }

    /// <summary>Resident memory now, or at its peak since the process began.</summary>
    public static double MemoryMb(int process, bool peak)
    {
        var label = peak ? "VmHWM:" : "VmRSS:";
        var line = File.ReadLines(Proc(process, "status")).First(l => l.StartsWith(label, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(label.Length).Trim().TrimEnd("kB ").Trim(), CultureInfo.InvariantCulture) / 1024;
    }

    public string Line(string name, long rows)
    {
        var s = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        var client = (CpuSeconds(_client) - _clientCpu) / s;
        var server = ((_server is { } id ? CpuSeconds(id) : double.NaN) - _serverCpu) / s;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-34} rows={rows} s={s:f2} rows/s={rows / s:f0} client_cores={client:f3} server_cores={server:f2} client_peak_MB={MemoryMb(_client, peak: true):f0}");
    }

    /// <summary>User and system time.</summary>
    public static double CpuSeconds(int process)
    {
        var stat = File.ReadAllText(Proc(process, "stat"));
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / ClockTicksPerSecond;
    }

    private static string Proc(int process, string file) => string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/{file}");
}
