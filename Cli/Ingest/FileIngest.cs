using System.Globalization;
using StockAspire.Cli.Output;
using StockAspire.Cli.Servers;
using StockAspire.Cli.Verbs;
using StockAspire.Feeds;
using StockAspire.Feeds.Mapping;
using StockAspire.Market;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Ingest;

/// <summary>How files are to be read and sent.</summary>
/// <param name="Source">Null for the identity of the file's bytes and mapping.</param>
/// <param name="Rate">Rows a second at most; 0 is flat out.</param>
/// <param name="RejectsMax">More rejected rows of a file stop it.</param>
internal sealed record IngestSettings(FeedMapping Mapping, string? Source, long Rate, long RejectsMax);

/// <summary>One file, or standard input, as its own client of Ingest; or, dry, only read.</summary>
internal sealed class FileIngest : IDisposable
{
    /// <summary>Without an acknowledgement; a broker or store may be away for a minute.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly VerbRun _run;
    private readonly IngestSettings _settings;
    private readonly string _name;
    private readonly FeedFile _file;
    private readonly FeedReader _reader;
    private readonly LiveInput? _live;
    private readonly SpooledInput? _spool;

    /// <exception cref="FeedException">The file cannot be read, or its format is unknown.</exception>
    public FileIngest(VerbRun run, string path, IngestSettings settings)
    {
        _run = run;
        _settings = settings;
        if (path == FeedFile.StandardInput)
        {
            _name = "standard input";
            var input = run.Host.OpenInput();
            if (settings.Source is null)
            {
                _spool = SpooledInput.Copy(input);
                _file = FeedFile.Open(_spool.Path);
            }
            else
            {
                _live = new LiveInput(input);
                _file = FeedFile.FromStream(_live, _name);
            }
        }
        else
        {
            var full = Path.GetFullPath(path, run.Host.CurrentDirectory);
            _name = Path.GetFileName(full);
            _file = FeedFile.Open(full);
        }

        try
        {
            _reader = FeedReader.Open(_file, settings.Mapping, settings.Source);
        }
        catch
        {
            _file.Dispose();
            _spool?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _file.Dispose();
        _spool?.Dispose();
    }

    /// <summary>Only reads and reports.</summary>
    /// <exception cref="FeedException">No row is a tick, or the file cannot be read on.</exception>
    public IngestResult DryRun(CancellationToken cancellationToken)
    {
        using var tooMany = new CancellationTokenSource();
        var rejects = new RejectLog(_settings.RejectsMax, tooMany.Cancel);
        var batch = new FeedBatch();
        var began = _run.Host.Time.GetTimestamp();
        var progress = new ProgressLine(_run.Host, _run.Quiet);
        while (!tooMany.IsCancellationRequested && _reader.Read(batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var reject in batch.Rejects)
            {
                rejects.Add(reject);
            }

            progress.Report(() => Progress((long)_reader.NextSequence - 1, _reader.ReadBytes, _run.Host.Time.GetElapsedTime(began), string.Empty));
        }

        progress.Clear();
        ThrowIfTooMany(rejects);
        _reader.ThrowIfNoTick();
        return new IngestResult(
            _name, _reader.Source, (long)_reader.NextSequence - 1, 0, (long)_reader.TickCount, rejects.Count, _run.Host.Time.GetElapsedTime(began), rejects.Reasons);
    }

    /// <summary>Sends what is not sealed yet, and waits until it is.</summary>
    /// <param name="interrupt">Ctrl+C: sends no more, but waits for what was sent.</param>
    /// <exception cref="CliException">It was stopped by too many rejects, or gave up waiting.</exception>
    /// <exception cref="FeedException">No row is a tick, or the file cannot be read on.</exception>
    public async Task<IngestResult> SendAsync(Server server, CancellationToken interrupt)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        var time = _run.Host.Time;
        var progress = new ProgressLine(_run.Host, _run.Quiet);
        var rejects = new RejectLog(_settings.RejectsMax, stop.Cancel);
        var feed = new FeedFrames(_reader, rejects, _settings.Rate, time) { IsLive = _live is not null };
        if (_live is not null)
        {
            _live.BeforeRead = () => feed.FlushLive(stop.Token);
        }

        var open = new StreamOpen
        {
            Source = _reader.Source,
            Path = _name,
            ContentHash = _file.ContentHash is { } hash ? hash.ToString("x32", CultureInfo.InvariantCulture) : string.Empty,
            Mapping = _reader.Mapping.CanonicalText,
        };
        var upload = new TickUpload(server, open, feed, rejects, _run.Timeout ?? Patience, time, progress.Note);
        var began = time.GetTimestamp();
        var running = upload.RunAsync(stop.Token);
        while (await Task.WhenAny(running, Task.Delay(ProgressLine.Interval, time, CancellationToken.None)) != running)
        {
            progress.Report(() => Progress(
                upload.Sent.AcceptedCount + upload.Sent.RejectedCount,
                upload.Sent.AcknowledgedBytes,
                time.GetElapsedTime(began),
                upload.IsWaiting ? ", waiting for the server" : string.Empty));
        }

        progress.Clear();
        await running;
        ThrowIfTooMany(rejects);
        var known = (long)Math.Min(upload.SealedBefore, stop.IsCancellationRequested ? upload.SealedBefore : feed.LastSequence);
        if (known == 0 && !stop.IsCancellationRequested)
        {
            _reader.ThrowIfNoTick();
        }

        return new IngestResult(
            _name,
            _reader.Source,
            known + upload.Sent.AcceptedCount + upload.Sent.RejectedCount,
            known,
            upload.Sent.AcceptedCount,
            upload.Sent.RejectedCount,
            time.GetElapsedTime(began),
            rejects.Reasons);
    }

    private void ThrowIfTooMany(RejectLog rejects)
    {
        if (rejects.HasTooMany)
        {
            throw CliException.Failure($"{_name}: stopped, more than {_settings.RejectsMax} rows are rejected (--max-rejects). The first:\n  {string.Join("\n  ", rejects.Reasons)}");
        }
    }

    /// <summary>Time left by the bytes of the file: how many rows it has shows only at its end.</summary>
    private string Progress(long rows, long bytes, TimeSpan elapsed, string waiting)
    {
        var rate = elapsed > TimeSpan.Zero ? rows / elapsed.TotalSeconds : 0;
        var text = string.Create(CultureInfo.InvariantCulture, $"{_name}: {rows:N0} rows, {rate:N0}/s");
        if (_reader.SizeBytes > 0 && bytes > 0)
        {
            var share = Math.Min(1, (double)bytes / _reader.SizeBytes);
            var left = elapsed * ((1 - share) / share);
            text += string.Create(CultureInfo.InvariantCulture, $", {share * 100:0} %, {PeopleText.Duration(UnixTime.FromTimeSpan(left))} left");
        }

        return text + waiting;
    }
}
