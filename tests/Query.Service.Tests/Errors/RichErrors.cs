using Google.Rpc;
using Grpc.Core;

namespace StockAspire.Query.Service.Tests.Errors;

/// <summary>What a caller reads off a failed call.</summary>
internal static class RichErrors
{
    public static async Task<RpcException> OfAsync(Func<Task> call) => await Assert.ThrowsAsync<RpcException>(call);

    public static string Reason(this RpcException exception)
    {
        var info = exception.GetRpcStatus()?.GetDetail<ErrorInfo>();
        Assert.NotNull(info);
        Assert.Equal("stockaspire", info.Domain);
        return info.Reason;
    }

    public static IEnumerable<string> Fields(this RpcException exception) =>
        exception.GetRpcStatus()?.GetDetail<BadRequest>()?.FieldViolations.Select(violation => violation.Field) ?? [];
}
