using StockAspire.KafkaBroker.Protocol;

namespace StockAspire.KafkaBroker.Apis;

// ApiVersions (18), versions 0-4, flexible from 3.
// Behaviour: lists what ApiCatalog holds, nothing else. A version above 4 is answered in the form of version 0 with error 35 and
// the list, so that the client can step down (KIP-511); the connection sees to that and to the header, which is v0 in all versions. A
// client that does not name itself properly gets error 42.
// Left out: supported and finalized features (tagged, optional): there are none to negotiate.
internal sealed class ApiVersionsApi(Func<IReadOnlyCollection<KafkaApi>> apis) : ImmediateApi(ApiKey.ApiVersions, 0, 4, 3)
{
    /// <summary>Answers a version that is not served, in the form that every client reads.</summary>
    public void WriteUnsupported(ResponseWriter response)
    {
        response.WriteError(ErrorCode.UnsupportedVersion);
        WriteApis(response);
    }

    protected override void Handle(KafkaRequest request, ResponseWriter response)
    {
        if (IsClientNamed(request))
        {
            response.WriteError(ErrorCode.None);
            WriteApis(response);
        }
        else
        {
            response.WriteError(ErrorCode.InvalidRequest);
            response.WriteArrayLength(0);
        }

        if (request.Version >= 1)
        {
            response.WriteInt32(BrokerNode.NoThrottle);
        }

        response.WriteTags();
    }

    /// <summary>Clients name their software and its version since version 3 (KIP-511).</summary>
    private static bool IsClientNamed(KafkaRequest request)
    {
        if (!request.Flexible)
        {
            return true;
        }

        var reader = request.Read();
        var (name, version) = (reader.ReadString(), reader.ReadString());
        reader.SkipTags();
        return IsName(name) && IsName(version);
    }

    /// <summary>Letters, digits, hyphens and dots, the first and the last one a letter or a digit.</summary>
    private static bool IsName(string text) =>
        text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');

    private void WriteApis(ResponseWriter response)
    {
        var all = apis();
        response.WriteArrayLength(all.Count);
        foreach (var api in all.OrderBy(a => a.Key))
        {
            response.WriteInt16((short)api.Key);
            response.WriteInt16(api.MinVersion);
            response.WriteInt16(api.MaxVersion);
            response.WriteTags();
        }
    }
}
