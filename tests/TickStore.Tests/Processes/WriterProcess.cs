using System.Diagnostics;
using System.Globalization;

namespace StockAspire.TickStore.Tests.Processes;

/// <summary>
/// A process that writes rows 0, 1, 2, ... of symbol SPY by three callers until it is killed, and says on stdout up to which
/// row each call was acknowledged: <c>first last</c>.
/// </summary>
internal sealed class WriterProcess : IDisposable
{
    public const string Command = "write-until-killed";

    private const int Callers = 3;
    private const int RowsPerCall = 500;

    private readonly Process _process;

    private WriterProcess(Process process) => _process = process;

    public static WriterProcess Start(string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };

        // Under "dotnet exec x.dll" the process is dotnet itself.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(WriterProcess).Assembly.Location);
        start.ArgumentList.Add(Command);
        start.ArgumentList.Add(path);
        return new WriterProcess(Process.Start(start)!);
    }

    /// <summary>What the process itself does.</summary>
    public static async Task<int> RunAsync(string path)
    {
        await using var store = TickStores.Open("sqlite:" + path, new TickStoreOptions());
        await store.InitializeAsync(CancellationToken.None);
        var next = -RowsPerCall;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                var first = Interlocked.Add(ref next, RowsPerCall);
                await store.WriteAsync(Enumerable.Range(first, RowsPerCall).Select(Rows.Numbered).ToArray(), CancellationToken.None);
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{first} {first + RowsPerCall - 1}"));
                await Console.Out.FlushAsync();
            }
        })));
        return 0;
    }

    /// <summary>The next acknowledgement; null once the process is dead and all of them were read.</summary>
    public async Task<(int First, int Last)?> ReadAcknowledgementAsync()
    {
        // A kill may cut the last line.
        var line = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        var parts = line?.Split(' ') ?? [];
        return parts.Length == 2 && int.TryParse(parts[0], out var first) && int.TryParse(parts[1], out var last) && last == first + RowsPerCall - 1
            ? (first, last)
            : null;
    }

    /// <summary>Kills it (SIGKILL) and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
