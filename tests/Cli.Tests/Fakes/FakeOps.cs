using Grpc.Core;
using StockAspire.Protos.V1;

namespace StockAspire.Cli.Tests.Fakes;

public sealed class FakeOps : OpsService.OpsServiceBase
{
    public GetPipelineStatusResponse Status { get; set; } = new();

    public Func<VerifySourceRequest, IEnumerable<VerifySourceResponse>> OnVerify { get; set; } = _ => [];

    public Func<ListDeadLettersRequest, ListDeadLettersResponse> OnDeadLetters { get; set; } = _ => new();

    public Func<GetDeadLetterRequest, GetDeadLetterResponse> OnDeadLetter { get; set; } = _ => new();

    public DiagnoseResponse Diagnosis { get; set; } = new();

    public override Task<DiagnoseResponse> Diagnose(DiagnoseRequest request, ServerCallContext context) => Task.FromResult(Diagnosis);

    public override Task<GetPipelineStatusResponse> GetPipelineStatus(GetPipelineStatusRequest request, ServerCallContext context) => Task.FromResult(Status);

    public override async Task VerifySource(VerifySourceRequest request, IServerStreamWriter<VerifySourceResponse> responseStream, ServerCallContext context)
    {
        foreach (var answer in OnVerify(request))
        {
            await responseStream.WriteAsync(answer, context.CancellationToken);
        }
    }

    public override Task<ListDeadLettersResponse> ListDeadLetters(ListDeadLettersRequest request, ServerCallContext context) => Task.FromResult(OnDeadLetters(request));

    public override Task<GetDeadLetterResponse> GetDeadLetter(GetDeadLetterRequest request, ServerCallContext context) => Task.FromResult(OnDeadLetter(request));
}
