using System.Globalization;
using System.Text;
using Google.Rpc;
using Grpc.Core;

namespace StockAspire.Cli.Servers;

/// <summary>What a failed call means to the person at the terminal: lines for stderr and an exit code.</summary>
internal static class Failure
{
    public static int ExitCodeOf(StatusCode code) => code switch
    {
        StatusCode.Unavailable or StatusCode.DeadlineExceeded => ExitCode.Unreachable,
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => ExitCode.NotAllowed,
        StatusCode.InvalidArgument => ExitCode.Usage,
        _ => ExitCode.Failure,
    };

    /// <summary>One line that says what to do next; of an invalid request, one more line for each field.</summary>
    public static string Explain(RpcException error, Uri address)
    {
        var status = Details(error);
        var info = status?.GetDetail<ErrorInfo>();
        var text = new StringBuilder();
        switch (error.StatusCode)
        {
            case StatusCode.Unavailable when info is null:
                text.Append(CultureInfo.InvariantCulture, $"Nothing answers at {Show(address)}. {Endpoints.StartHint}");
                break;
            case StatusCode.Unavailable:
                text.Append(CultureInfo.InvariantCulture, $"{error.Status.Detail} ({info.Reason} at {Show(address)}). Try again{RetryAfter(status)}; `stockaspire status` shows what is down.");
                break;
            case StatusCode.DeadlineExceeded:
                text.Append(CultureInfo.InvariantCulture, $"{Show(address)} did not answer in time. Give it longer with --timeout.");
                break;
            case StatusCode.Unauthenticated:
                text.Append(CultureInfo.InvariantCulture, $"{Show(address)} wants to know who you are: {error.Status.Detail} Give a token with --token-file.");
                break;
            case StatusCode.PermissionDenied:
                text.Append(CultureInfo.InvariantCulture, $"Not allowed: {error.Status.Detail}");
                break;
            case StatusCode.Unimplemented:
                text.Append(CultureInfo.InvariantCulture, $"{Show(address)} does not offer this call. Is it the right service (--address), and of this version?");
                break;
            case StatusCode.OutOfRange when info?.Reason == "RESUME_EXPIRED":
                text.Append(CultureInfo.InvariantCulture, $"{error.Status.Detail} Ask again without --resume.");
                break;
            default:
                text.Append(error.Status.Detail);
                break;
        }

        foreach (var violation in status?.GetDetail<BadRequest>()?.FieldViolations ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {violation.Field}: {violation.Description}");
        }

        return text.ToString();
    }

    /// <summary>The reason of the error's <c>google.rpc.ErrorInfo</c>, such as SOURCE_FENCED; empty without one.</summary>
    public static string Reason(RpcException error) => Details(error)?.GetDetail<ErrorInfo>()?.Reason ?? string.Empty;

    public static string Show(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static Google.Rpc.Status? Details(RpcException error)
    {
        try
        {
            return error.GetRpcStatus();
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            // Not from one of our servers: a proxy in between; the status itself has to do.
            return null;
        }
    }

    private static string RetryAfter(Google.Rpc.Status? status) =>
        status?.GetDetail<RetryInfo>()?.RetryDelay is { } delay
            ? string.Create(CultureInfo.InvariantCulture, $" in {delay.ToTimeSpan().TotalSeconds:0.#} s")
            : " in a moment";
}
