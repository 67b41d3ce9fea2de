using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace StockAspire.Dashboard.Frontend;

/// <summary>What a port of this process is for. An endpoint answers on its own kind of port alone.</summary>
internal enum Listener
{
    /// <summary>Pages; HTTP/1.1. The kind of every endpoint that does not say another.</summary>
    Frontend,

    /// <summary>OTLP/gRPC; HTTP/2 without TLS, which one port cannot negotiate beside HTTP/1.1.</summary>
    OtlpGrpc,

    /// <summary>OTLP/HTTP; HTTP/1.1.</summary>
    OtlpHttp,
}

internal static class ListenerExtensions
{
    public static void Listen(this KestrelServerOptions kestrel, DashboardOptions options)
    {
        kestrel.AddServerHeader = false;
        foreach (var url in options.Frontend.UrlList)
            kestrel.Listen(url, Listener.Frontend, HttpProtocols.Http1);
        if (options.Otlp.GrpcUrl is { } grpc)
            kestrel.Listen(grpc, Listener.OtlpGrpc, HttpProtocols.Http2);
        if (options.Otlp.HttpUrl is { } http)
            kestrel.Listen(http, Listener.OtlpHttp, HttpProtocols.Http1);
    }

    /// <summary>Lets these endpoints answer on that kind of port alone.</summary>
    public static TBuilder OnListener<TBuilder>(this TBuilder endpoints, Listener listener)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(listener);

    /// <summary>
    /// Answers 400 where a port that is for this machine alone is asked for by another name: by one of its own another
    /// site could lead a browser here (DNS rebinding). Answers 404 where an endpoint is asked for on a port of another
    /// kind. Stands after routing.
    /// </summary>
    public static IApplicationBuilder UseListeners(this IApplicationBuilder app)
    {
        var options = app.ApplicationServices.GetRequiredService<IOptions<DashboardOptions>>();
        return app.Use((context, next) =>
        {
            var allowsRemote = Of(context) == Listener.Frontend ? options.Value.Frontend.AllowRemote : options.Value.Otlp.AllowRemote;
            if (!allowsRemote && !DashboardOptionsValidator.IsLoopback(context.Request.Host.Host))
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return Task.CompletedTask;
            }
            if (context.GetEndpoint() is { } endpoint && Of(endpoint) != Of(context))
                context.SetEndpoint(new Endpoint(NotFoundAsync, new EndpointMetadataCollection(new AllowAnonymousAttribute()), "Wrong port"));
            return next();
        });
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Listener Of(Endpoint endpoint) =>
        endpoint.Metadata.OfType<Listener>().LastOrDefault(Listener.Frontend);

    private static Listener Of(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(typeof(Listener), out var listener) == true ? (Listener)listener! : Listener.Frontend;

    private static void Listen(this KestrelServerOptions kestrel, string url, Listener listener, HttpProtocols protocols)
    {
        var address = BindingAddress.Parse(url);
        if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && address.Port != 0)
            kestrel.ListenLocalhost(address.Port, Configure);
        else if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            kestrel.Listen(IPAddress.Loopback, 0, Configure);
        else if (IPAddress.TryParse(address.Host, out var ip))
            kestrel.Listen(ip, address.Port, Configure);
        else
            kestrel.ListenAnyIP(address.Port, Configure);

        void Configure(ListenOptions options)
        {
            options.Protocols = protocols;
            options.Use(next => connection =>
            {
                connection.Items[typeof(Listener)] = listener;
                return next(connection);
            });
        }
    }
}
