using Grpc.Core;
using StockAspire.Dashboard.Resources;

namespace StockAspire.Dashboard.ConsoleLogs;

/// <summary><c>GET /console/download?resource=NAME</c>: all lines that the AppHost keeps, as plain text.</summary>
internal static class ConsoleDownload
{
    public static void MapConsoleDownload(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/console/download", WriteAsync);

    public static string Href(string resource) => $"/console/download?resource={Uri.EscapeDataString(resource)}";

    private static async Task WriteAsync(HttpContext context, string resource, ResourceClient client, ResourceFeed feed)
    {
        if (client.Url is null || feed.Resources.FirstOrDefault(view => view.Name == resource) is not { } view)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        try
        {
            await foreach (var lines in client.WatchConsoleAsync(view.Name, follows: false, context.RequestAborted))
            {
                if (!context.Response.HasStarted)
                    Begin(context.Response, view.Title);
                foreach (var line in lines)
                    await context.Response.WriteAsync(AnsiText.Strip(line.Text) + "\n", context.RequestAborted);
            }
            if (!context.Response.HasStarted)
                Begin(context.Response, view.Title);
        }
        catch (RpcException) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        catch (RpcException)
        {
            // A file cut short must not look whole.
            context.Abort();
        }
    }

    private static void Begin(HttpResponse response, string title)
    {
        response.ContentType = "text/plain; charset=utf-8";
        var name = string.Concat(title.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '_'));
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.log\"";
    }
}
