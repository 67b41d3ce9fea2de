using StockAspire.Cli.Tests.Fakes;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests.Verbs;

public sealed class DoctorVerbTests
{
    [Theory]
    [InlineData(DiagnosisState.Ok, ExitCode.Success)]
    [InlineData(DiagnosisState.Warning, ExitCode.Success)]
    [InlineData(DiagnosisState.Failure, ExitCode.Failure)]
    public async Task Only_a_failure_fails(DiagnosisState state, int exitCode)
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ops.Diagnosis = new DiagnoseResponse { Diagnoses = { new Diagnosis { Part = "store", State = state, Message = "what was found" } } };

        var run = await CliRun.RunAsync(pipeline, "doctor", "--output", "csv");

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(["part,state,message", $"store,{state.ToString().ToLowerInvariant()},what was found"], run.OutLines);
    }

    [Fact]
    public async Task Without_an_address_Ingest_is_looked_at_too()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Ops.Diagnosis = new DiagnoseResponse { Diagnoses = { new Diagnosis { Part = "kafka", State = DiagnosisState.Ok, Message = "reached" } } };
        var folder = Directory.CreateTempSubdirectory("cli-tests-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "endpoints.json"),
            $$"""{ "query": { "grpc": "{{pipeline.Address}}" }, "ingest": { "grpc": "http://127.0.0.1:9" } }""",
            TestContext.Current.CancellationToken);

        var run = await CliRun.RunAsync("doctor", "--data", folder, "--output", "csv");

        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.StartsWith("ingest,failure,", run.OutLines[1], StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:9", run.OutLines[1], StringComparison.Ordinal);
        Assert.Equal("kafka,ok,reached", run.OutLines[2]);
        Directory.Delete(folder, recursive: true);
    }
}
