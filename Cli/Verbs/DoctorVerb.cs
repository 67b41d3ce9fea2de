using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using StockAspire.Cli.Output;
using StockAspire.Cli.Servers;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Verbs;

/// <summary><c>doctor</c>: what does not work, or may lose ticks, and what to do about it.</summary>
internal sealed class DoctorVerb : Verb
{
    private static readonly Records<Diagnosis> Records = new(
        new("part", "PART", diagnosis => diagnosis.Part),
        new("state", "STATE", diagnosis => diagnosis.State.ToString().ToLowerInvariant()),
        new("message", "FOUND", diagnosis => diagnosis.Message));

    [SetsRequiredMembers]
    public DoctorVerb(CliHost host)
        : base(host, "doctor", "Checks the parts of the pipeline: what does not work, or may lose ticks, and what to do.")
    {
        Notes = ["Exit code 0: everything works, perhaps with warnings. 1: something does not. 3: Query itself does not answer."];
        Examples = ["stockaspire doctor", "stockaspire doctor --output json | jq -r 'select(.state != \"ok\").message'"];
    }

    protected override async Task<int> RunAsync(VerbRun run, CancellationToken cancellationToken)
    {
        List<Diagnosis> found = [];
        if (!run.Has(GlobalOptions.Address))
        {
            found.Add(await OfIngestAsync(run, cancellationToken));
        }

        var answer = await run.Ops().DiagnoseAsync(new DiagnoseRequest(), run.Answer(cancellationToken));
        found.AddRange(answer.Diagnoses);
        Records.Write(run.Host, run.Format, found);
        return found.Any(diagnosis => diagnosis.State == DiagnosisState.Failure) ? ExitCode.Failure : ExitCode.Success;
    }

    /// <summary>Asked for its loads, Ingest answers once it has read its topics: it is at work.</summary>
    private static async Task<Diagnosis> OfIngestAsync(VerbRun run, CancellationToken cancellationToken)
    {
        var diagnosis = new Diagnosis { Part = "ingest", State = DiagnosisState.Failure };
        try
        {
            var ingest = new IngestService.IngestServiceClient(run.Connect(Service.Ingest).Invoker);
            await ingest.ListLoadsAsync(new ListLoadsRequest { PageSize = 1 }, run.Answer(cancellationToken));
            diagnosis.State = DiagnosisState.Ok;
            diagnosis.Message = $"answers at {run.LastAddress}";
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            diagnosis.Message = Failure.Explain(error, run.LastAddress);
        }
        catch (CliException error)
        {
            diagnosis.Message = error.Message;
        }

        return diagnosis;
    }
}
