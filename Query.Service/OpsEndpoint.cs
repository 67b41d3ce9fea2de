using Grpc.Core;
using StockAspire.Query.DeadLetters;
using StockAspire.Query.Errors;
using StockAspire.Query.Pipeline;
using StockAspire.Query.Verify;
using Wire = StockAspire.Protos.V1;

namespace StockAspire.Query;

/// <summary>The calls of OpsService; each is one line to the capability that answers it.</summary>
internal sealed class OpsEndpoint(PipelineMonitor monitor, PipelineDiagnosis diagnosis, SourceVerifier verifier, DeadLetterList deadLetters)
    : Wire.OpsService.OpsServiceBase
{
    public override Task<Wire.GetPipelineStatusResponse> GetPipelineStatus(Wire.GetPipelineStatusRequest request, ServerCallContext context) =>
        Task.FromResult(monitor.GetStatus());

    public override Task<Wire.DiagnoseResponse> Diagnose(Wire.DiagnoseRequest request, ServerCallContext context) =>
        diagnosis.DiagnoseAsync(context.CancellationToken);

    public override Task VerifySource(
        Wire.VerifySourceRequest request, IServerStreamWriter<Wire.VerifySourceResponse> responseStream, ServerCallContext context) =>
        verifier.VerifyAsync(request, responseStream, context.CancellationToken);

    public override Task<Wire.ListDeadLettersResponse> ListDeadLetters(Wire.ListDeadLettersRequest request, ServerCallContext context) =>
        deadLetters.ListAsync(request, context.CancellationToken);

    public override Task<Wire.GetDeadLetterResponse> GetDeadLetter(Wire.GetDeadLetterRequest request, ServerCallContext context) =>
        deadLetters.GetAsync(request, context.CancellationToken);

    public override Task<Wire.ResendDeadLetterResponse> ResendDeadLetter(Wire.ResendDeadLetterRequest request, ServerCallContext context) =>
        throw ApiError.Unimplemented("Sending dead letters again is not part of this version.");

    public override Task<Wire.DiscardDeadLetterResponse> DiscardDeadLetter(Wire.DiscardDeadLetterRequest request, ServerCallContext context) =>
        throw ApiError.Unimplemented("Discarding dead letters is not part of this version.");
}
