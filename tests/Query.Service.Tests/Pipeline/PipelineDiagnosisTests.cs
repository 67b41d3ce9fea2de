using System.Runtime.CompilerServices;
using StockAspire.TickStream;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query.Service.Tests.Pipeline;

public sealed class PipelineDiagnosisTests
{
    [Fact]
    public async Task A_pipeline_that_works_is_said_to_and_findings_of_the_store_are_warnings()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        var well = await host.Ops.DiagnoseAsync(new Wire.DiagnoseRequest(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["kafka", "sink", "dead letters", "store"], well.Diagnoses.Select(diagnosis => diagnosis.Part));
        Assert.All(well.Diagnoses, diagnosis => Assert.Equal(Wire.DiagnosisState.Ok, diagnosis.State));

        host.Store.Findings = ["it may lose", "it expires"];
        await broker.ProduceAsync(Topics.DeadLetters, null, [1]);
        var found = await DiagnosesAsync(host, found => found.Diagnoses[2].State != Wire.DiagnosisState.Ok);

        Assert.Equal(
            [("dead letters", Wire.DiagnosisState.Warning), ("store", Wire.DiagnosisState.Warning), ("store", Wire.DiagnosisState.Warning)],
            found.Diagnoses.Skip(2).Select(diagnosis => (diagnosis.Part, diagnosis.State)));
        Assert.Equal(["it may lose", "it expires"], found.Diagnoses.Skip(3).Select(diagnosis => diagnosis.Message));
    }

    [Fact]
    public async Task What_is_away_is_a_failure_that_names_the_setting()
    {
        var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();
        await broker.DisposeAsync();
        host.Store.Down = true;

        var found = await DiagnosesAsync(host, found => found.Diagnoses[0].State == Wire.DiagnosisState.Failure);

        Assert.Contains("ConnectionStrings:kafka", found.Diagnoses[0].Message, StringComparison.Ordinal);
        Assert.Equal(("store", Wire.DiagnosisState.Failure), (found.Diagnoses[^1].Part, found.Diagnoses[^1].State));
        Assert.Contains("ConnectionStrings:tickstore", found.Diagnoses[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ticks_that_nobody_stores_are_a_failure_of_the_sink()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var host = await broker.StartQueryAsync();

        // Their ingest time is in 2013: they have waited for long.
        await broker.PublishAsync([[SampleTicks.Of("SPY", SampleTicks.Start, 1)]]);

        await DiagnosesAsync(
            host, found => found.Diagnoses[1] is { State: Wire.DiagnosisState.Failure, Part: "sink" } sink && sink.Message.StartsWith("1 blocks wait", StringComparison.Ordinal));
    }

    private static Task<Wire.DiagnoseResponse> DiagnosesAsync(
        QueryHost host, Func<Wire.DiagnoseResponse, bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") => Eventually.BecomesAsync(
            what, () => host.Ops.DiagnoseAsync(new Wire.DiagnoseRequest(), cancellationToken: TestContext.Current.CancellationToken).ResponseAsync, condition);
}
