using Grpc.Core;
using StockAspire.Cli.Output;
using StockAspire.Cli.Servers;
using StockAspire.Cli.Verbs;
using StockAspire.Feeds;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Ingest;

/// <summary>
/// A replay or sample, which the server runs from a file of its own: its ticks get a run's identity, which only the
/// server gives out. Followed until it is done; Ctrl+C cancels it.
/// </summary>
internal sealed class ServerLoad(VerbRun run, Server server)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private readonly IngestService.IngestServiceClient _ingest = new(server.Invoker);

    /// <param name="path">As given on the command line.</param>
    public async Task<int> RunAsync(StartLoadRequest request, string path, bool detach, CancellationToken cancellationToken)
    {
        var load = await StartAsync(request, path, cancellationToken);
        run.Note($"{server.Address.Authority} runs {load.Load_}.");
        if (detach)
        {
            Result(load).Write(run.Host, run.Format, isDryRun: false);
            return ExitCode.Success;
        }

        var progress = new ProgressLine(run.Host, run.Quiet);
        try
        {
            while (StateOf(load) is LoadState.Running or LoadState.Paused or LoadState.Unspecified)
            {
                var now = load;
                progress.Report(() => $"{request.Path}: {PeopleText.Count(now.RowsSealed)} rows, {PeopleText.Count(now.RowsRejected)} rejected; Ctrl+C ends it");
                await Task.Delay(PollInterval, run.Host.Time, cancellationToken);
                load = (await _ingest.GetLoadAsync(new GetLoadRequest { Load = load.Load_ }, run.Answer(cancellationToken))).Load;
            }
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested && error is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            load = (await _ingest.CancelLoadAsync(new CancelLoadRequest { Load = load.Load_ }, run.Answer(CancellationToken.None))).Load;
            progress.Clear();
            Result(load).Write(run.Host, run.Format, isDryRun: false);
            return ExitCode.Interrupted;
        }

        progress.Clear();
        if (StateOf(load) == LoadState.Failed)
        {
            throw CliException.Failure($"{request.Path}: {load.Record!.Failure}");
        }

        Result(load).Write(run.Host, run.Format, isDryRun: false);
        return load.RowsRejected > 0 ? ExitCode.Rejects : ExitCode.Success;
    }

    /// <summary>
    /// The server knows its files below Ingest:CsvRoot, the shell completes paths from here: samples/a.csv may be a.csv
    /// there. Tries the path, then what is left of it without its first folders; the content has to be that of the file here.
    /// </summary>
    private async Task<Load> StartAsync(StartLoadRequest request, string path, CancellationToken cancellationToken)
    {
        var parts = path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        for (var skip = 0; ; skip++)
        {
            request.Path = string.Join('/', parts[skip..]);
            try
            {
                var load = (await _ingest.StartLoadAsync(request, run.Answer(cancellationToken))).Load;
                await CheckSameAsync(load, path);
                return load;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound && skip + 1 < parts.Length)
            {
                // One folder less.
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                throw CliException.Failure($"The server has no {path} below its Ingest:CsvRoot, where it reads what it replays or samples. Copy the file there, or stream it from here with --mode load.");
            }
        }
    }

    private async Task CheckSameAsync(Load load, string path)
    {
        var full = Path.GetFullPath(path, run.Host.CurrentDirectory);
        if (load.Record is not { ContentHash.Length: > 0 } record || !File.Exists(full))
        {
            return;
        }

        using var file = FeedFile.Open(full);
        if (FormattableString.Invariant($"{file.ContentHash:x32}") != record.ContentHash)
        {
            await _ingest.CancelLoadAsync(new CancelLoadRequest { Load = load.Load_ }, run.Answer(CancellationToken.None));
            throw CliException.Failure($"The server's {record.Path} is another file than {full}: its content differs. The load was cancelled.");
        }
    }

    private static LoadState StateOf(Load load) => load.Record?.State ?? LoadState.Unspecified;

    private static IngestResult Result(Load load) => new(
        load.Record?.Path ?? string.Empty,
        load.Load_,
        (long)load.RowsRead,
        0,
        (long)(load.RowsSealed - Math.Min(load.RowsSealed, load.RowsRejected)),
        (long)load.RowsRejected,
        TimeSpan.Zero,
        []);
}
