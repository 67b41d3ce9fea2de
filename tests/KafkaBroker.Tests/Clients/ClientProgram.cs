using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>A record as a client program read it.</summary>
internal readonly record struct ReadRecord(int Partition, long Offset, string Key, string Value, string Headers)
{
    /// <summary>What every client program writes under a number.</summary>
    public static ReadRecord Expected(Acknowledged acknowledged) =>
        new(acknowledged.Partition, acknowledged.Offset, $"key-{acknowledged.Number}", $"{acknowledged.Number}: Zürich, 東京", $"number={acknowledged.Number}");

    public int Number => int.Parse(Key.AsSpan("key-".Length), CultureInfo.InvariantCulture);
}

/// <summary>Where the broker put the record of a number, as a client program was told.</summary>
internal readonly record struct Acknowledged(int Number, int Partition, long Offset);

/// <summary>
/// A client program while it runs. It prints one line per event, fields between tabs: <c>acked</c> NUMBER PARTITION OFFSET,
/// <c>record</c> PARTITION OFFSET KEY VALUE HEADERS, <c>assigned</c> PARTITIONS. The end of its input asks it to leave.
/// </summary>
internal sealed class ClientProgram : IAsyncDisposable
{
    /// <summary>Generous: a JVM on a busy machine takes seconds to start, and clients back off while a broker is away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly Process _process;
    private readonly string _name;
    private readonly Task _reading;
    private readonly StringBuilder _errors = new();
    private readonly List<Acknowledged> _acknowledged = [];
    private readonly List<ReadRecord> _records = [];
    private readonly List<int[]> _assignments = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ClientProgram(string name, Process process)
    {
        _name = name;
        _process = process;
        _reading = Task.WhenAll(ReadOutputAsync(), ReadErrorsAsync());
    }

    public IReadOnlyList<Acknowledged> Acknowledged => Snapshot(_acknowledged);

    public IReadOnlyList<ReadRecord> Records => Snapshot(_records);

    /// <summary>The partitions it owned after each change, in order of the changes.</summary>
    public IReadOnlyList<int[]> Assignments => Snapshot(_assignments);

    public int[] Assignment => Assignments.LastOrDefault([]);

    public static ClientProgram Start(ClientCommand command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command.File, [.. command.Arguments, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        return new ClientProgram($"{command.Name} {string.Join(' ', arguments)}", Process.Start(start)!);
    }

    /// <summary>Waits until these programs together are as wanted; each line of theirs is looked at.</summary>
    public static async Task UntilAsync(string wanted, IReadOnlyCollection<ClientProgram> programs, Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var changes = programs.Select(p => p.Changed).ToArray();
            if (condition())
            {
                return;
            }

            try
            {
                await Task.WhenAny(changes).WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"It did not come about that {wanted}.\n{string.Join('\n', programs)}");
            }

            Assert.False(programs.Any(p => p._reading.IsCompleted) && !condition(), $"A program ended before {wanted}.\n{string.Join('\n', programs)}");
        }
    }

    public Task UntilAsync(string wanted, Func<bool> condition) => UntilAsync(wanted, [this], condition);

    /// <summary>Has a writer write the records of these numbers.</summary>
    public Task WriteAsync(int from, int to) => TellAsync(string.Create(CultureInfo.InvariantCulture, $"{from} {to}"));

    /// <summary>Gives it a line of input.</summary>
    public async Task TellAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Lets it leave, and expects that it does so without an error.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await ExitAsync();
    }

    /// <summary>Waits for a program that ends by itself, without an error.</summary>
    public async Task ExitAsync()
    {
        await EndOfProcessAsync();
        Assert.True(_process.ExitCode == 0, $"Exit code {_process.ExitCode}.\n{this}");
    }

    /// <summary>Waits for a program that gives up, for the reason that it prints.</summary>
    public async Task FailAsync(string reason)
    {
        await EndOfProcessAsync();
        Assert.NotEqual(0, _process.ExitCode);
        Assert.Contains(reason, ToString(), StringComparison.Ordinal);
    }

    /// <summary>Asks it by SIGTERM to leave, and expects that it does so without an error.</summary>
    public async Task InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await ExitAsync();
    }

    /// <summary>Ends it at once, without a farewell to the broker.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _reading;
        _process.Dispose();
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return $"{_name}: {_acknowledged.Count} acknowledged, {_records.Count} read, assigned {string.Join(" then ", _assignments.Select(a => $"[{string.Join(',', a)}]"))}\n{_errors}";
        }
    }

    private Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    private T[] Snapshot<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }

    private async Task EndOfProcessAsync()
    {
        try
        {
            await _reading.WaitAsync(Patience);
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It does not end.\n{this}");
        }
    }

    private async Task ReadOutputAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            Change(() => Take(line.Split('\t')));
        }

        Change(() => { });
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            Change(() => _errors.AppendLine(line));
        }
    }

    private void Take(string[] fields)
    {
        switch (fields)
        {
            case ["acked", var number, var partition, var offset]:
                _acknowledged.Add(new Acknowledged(Int(number), Int(partition), Int64(offset)));
                break;
            case ["record", var partition, var offset, var key, var value, var headers]:
                _records.Add(new ReadRecord(Int(partition), Int64(offset), key, value, headers));
                break;
            case ["assigned", var partitions]:
                _assignments.Add(partitions.Length == 0 ? [] : Array.ConvertAll(partitions.Split(','), Int));
                break;
            default:
                _errors.AppendLine(string.Join('\t', fields));
                break;
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            change();
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    private static int Int(string field) => int.Parse(field, CultureInfo.InvariantCulture);

    private static long Int64(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
