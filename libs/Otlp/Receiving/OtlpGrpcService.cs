using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using StockAspire.Otlp.Wire;

namespace StockAspire.Otlp.Receiving;

/// <summary>
/// opentelemetry.proto.collector.{trace,metrics,logs}.v1: one Export each. Requests stay bytes up to the decoder, whose
/// limits apply before anything is allocated; see <see cref="ProtoReader"/>.
/// </summary>
internal sealed class OtlpGrpcService(Intake intake)
{
    private ExportResult Export(Signal signal, byte[] message)
    {
        try
        {
            return intake.Receive(signal, message);
        }
        catch (MalformedMessageException malformed)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, malformed.Message));
        }
    }

    /// <summary>Tells ASP.NET Core of the three methods, without generated code.</summary>
    internal sealed class Methods : IServiceMethodProvider<OtlpGrpcService>
    {
        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<OtlpGrpcService> context)
        {
            foreach (var signal in Enum.GetValues<Signal>())
            {
                context.AddUnaryMethod(
                    OtlpMethods.Export(signal),
                    [],
                    (service, message, _) => Task.FromResult(service.Export(signal, message).ToBytes()));
            }
        }
    }
}
