using Microsoft.Extensions.Options;
using StockAspire.Otlp.Forwarding;

namespace StockAspire.Otlp;

/// <summary>Each message names the key, what is allowed and, unless it is a secret, the value.</summary>
internal sealed class OtlpOptionsValidator : IValidateOptions<OtlpOptions>
{
    public ValidateOptionsResult Validate(string? name, OtlpOptions options)
    {
        const string Section = OtlpOptions.SectionName;
        var faults = new List<string>();
        if (!Enum.IsDefined(options.AuthMode))
        {
            faults.Add($"{Section}:AuthMode must be ApiKey or Unsecured, got {options.AuthMode}.");
        }

        if (options.AuthMode == OtlpAuthMode.ApiKey && string.IsNullOrWhiteSpace(options.PrimaryApiKey))
        {
            faults.Add($"{Section}:PrimaryApiKey must be set where AuthMode is ApiKey; AuthMode Unsecured takes telemetry from anybody.");
        }

        if (options.AuthMode == OtlpAuthMode.Unsecured && !string.IsNullOrWhiteSpace(options.PrimaryApiKey))
        {
            faults.Add($"{Section}:PrimaryApiKey is set, but nobody is asked for it where AuthMode is Unsecured: set AuthMode to ApiKey.");
        }

        if (options.ForwardTo is { } address && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https")))
        {
            faults.Add($"{Section}:ForwardTo must be an absolute http or https address, got \"{address}\".");
        }

        if (ForwardHeader.Parse(options.ForwardHeaders) is null)
        {
            faults.Add($"{Section}:ForwardHeaders must be name=value,name=value with names of a-z 0-9 . _ - (the value is not shown here).");
        }

        faults.CheckRange(Section, "ForwardQueueBytes", options.ForwardQueueBytes, OtlpOptions.MessageSizeMax, 1 << 30);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
