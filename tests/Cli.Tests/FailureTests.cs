using System.Net.Sockets;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using StockAspire.Cli.Tests.Fakes;

namespace StockAspire.Cli.Tests;

/// <summary>What goes wrong beyond the command line: exit codes, and messages that say what to do next.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task NobodyListens_SaysHowToStart()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        listener.Stop();

        var run = await CliRun.RunAsync("latest", "SPY", "--address", address);

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Equal($"Nothing answers at {address}. Start the pipeline with: dotnet run --project AppHost", run.Error.Trim());
    }

    [Theory]
    [InlineData(StatusCode.Unauthenticated, ExitCode.NotAllowed, "--token-file")]
    [InlineData(StatusCode.PermissionDenied, ExitCode.NotAllowed, "Not allowed: told so")]
    [InlineData(StatusCode.NotFound, ExitCode.Failure, "told so")]
    [InlineData(StatusCode.Internal, ExitCode.Failure, "told so")]
    [InlineData(StatusCode.Unimplemented, ExitCode.Failure, "does not offer this call")]
    [InlineData(StatusCode.InvalidArgument, ExitCode.Usage, "told so")]
    [InlineData(StatusCode.DeadlineExceeded, ExitCode.Unreachable, "--timeout")]
    public async Task ServerError_HasItsExitCode(StatusCode code, int exitCode, string part)
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnLatest = _ => throw new RpcException(new Grpc.Core.Status(code, "told so"));

        var run = await CliRun.RunAsync(pipeline, "latest", "SPY");

        Assert.Equal((exitCode, string.Empty), (run.ExitCode, run.Out));
        Assert.Contains(part, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvalidArgument_IsPrintedFieldByField()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnLatest = _ => throw new Google.Rpc.Status
        {
            Code = (int)Code.InvalidArgument,
            Message = "The request is not valid.",
            Details =
            {
                Any.Pack(new BadRequest
                {
                    FieldViolations =
                    {
                        new BadRequest.Types.FieldViolation { Field = "symbols[0]", Description = "expected visible text" },
                        new BadRequest.Types.FieldViolation { Field = "symbols[3]", Description = "given twice" },
                    },
                }),
            },
        }.ToRpcException();

        var run = await CliRun.RunAsync(pipeline, "latest", "SPY");

        Assert.Equal(["The request is not valid.", "  symbols[0]: expected visible text", "  symbols[3]: given twice"], run.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task StoreDown_NamesTheReason()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnLatest = _ => throw new Google.Rpc.Status
        {
            Code = (int)Code.Unavailable,
            Message = "The tick store does not answer.",
            Details =
            {
                Any.Pack(new ErrorInfo { Reason = "STORE_DOWN", Domain = "stockaspire" }),
                Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(2)) }),
            },
        }.ToRpcException();

        var run = await CliRun.RunAsync(pipeline, "latest", "SPY");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("The tick store does not answer. (STORE_DOWN at", run.Error, StringComparison.Ordinal);
        Assert.Contains("in 2 s", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoAnswerWithinTheTimeout_ExitsWithThree()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        pipeline.Query.OnQuery = (_, _, context) => Task.Delay(Timeout.Infinite, context.CancellationToken);

        var run = await CliRun.RunAsync(pipeline, "query", "SPY", "--timeout", "200ms");

        Assert.Equal(ExitCode.Unreachable, run.ExitCode);
        Assert.Contains("did not answer in time", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TokenFile_IsSentAsBearer()
    {
        await using var pipeline = await FakePipeline.StartAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "s3cret\n");

        var run = await CliRun.RunAsync(pipeline, "query", "SPY", "--token-file", file);

        File.Delete(file);
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal("Bearer s3cret", Assert.Single(pipeline.Query.Headers).GetValue("authorization"));
    }

    [Theory]
    [InlineData("--token-file", "/no/such/file")]
    [InlineData("--ca", "/no/such/file")]
    public async Task UnreadableFile_IsAUsageError(string option, string file)
    {
        var run = await CliRun.RunAsync("symbols", option, file, "--address", "https://127.0.0.1:1");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.StartsWith(option, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TokenOverUnencryptedNetwork_IsRefused()
    {
        var run = await CliRun.RunAsync("symbols", "--token-file", "/no/such/file", "--address", "http://192.0.2.1:1");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("unencrypted", run.Error, StringComparison.Ordinal);
    }
}
