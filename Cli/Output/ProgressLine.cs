namespace StockAspire.Cli.Output;

/// <summary>
/// Progress of long work on stderr: on a terminal one line that is rewritten, otherwise a line every few seconds. Says
/// nothing with --quiet, and nothing about work that is over in a blink. Thread-safe.
/// </summary>
internal sealed class ProgressLine(CliHost host, bool quiet)
{
    /// <summary>How often asking for a report makes sense.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly TimeSpan _interval = host.ErrorIsTerminal ? Interval : PlainInterval;
    private long _last = host.Time.GetTimestamp();
    private bool _drawn;

    /// <param name="text">Made only where it is time for it.</param>
    public void Report(Func<string> text)
    {
        lock (_lock)
        {
            if (quiet || host.Time.GetElapsedTime(_last) < _interval)
            {
                return;
            }

            _last = host.Time.GetTimestamp();
            if (host.ErrorIsTerminal)
            {
                // ECMA-48: erase to the end of the line.
                host.Error.Write($"\r{text()}\e[K");
                _drawn = true;
            }
            else
            {
                host.Error.WriteLine(text());
            }
        }
    }

    /// <summary>Prints a line that stays. Progress goes on below it.</summary>
    public void Note(string text)
    {
        lock (_lock)
        {
            Erase();
            if (!quiet)
            {
                host.Error.WriteLine(text);
            }
        }
    }

    /// <summary>Takes the line off a terminal, so that what follows stands alone.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Erase();
        }
    }

    private void Erase()
    {
        if (_drawn)
        {
            host.Error.Write("\r\e[K");
            _drawn = false;
        }
    }
}
