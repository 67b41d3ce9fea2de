using System.Collections.Concurrent;
using System.Diagnostics;

namespace StockAspire.Deploy.Tests.Running;

/// <summary>A service that runs as its unit says, without systemd: with nothing but the unit's environment.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private ServiceProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? string.Empty);
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? string.Empty);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => string.Join('\n', _output);

    public bool HasExited => _process.HasExited;

    public static ServiceProcess Start(IReadOnlyList<string> commandLine, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(commandLine[0], commandLine.Skip(1)) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServiceProcess(new Process { StartInfo = start });
    }

    public async Task BecomesHealthyAsync(Uri address)
    {
        using var client = new HttpClient { BaseAddress = address };
        await Eventually.BecomesAsync(
            $"{address} healthy",
            async () =>
            {
                Assert.False(_process.HasExited, $"The service ended.\n{Output}");
                using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);
                return (response.IsSuccessStatusCode, Answer: await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), Output);
            },
            seen => seen.IsSuccessStatusCode,
            StartLimit);
    }

    /// <summary>Sends a signal by its name, such as SIGTERM, and returns the exit code.</summary>
    public async Task<int> EndAsync(string signal, TimeSpan limit)
    {
        (await Command.RunAsync("bash", "-c", $"kill -s {signal} {_process.Id}")).Succeeded();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(limit);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
