using Microsoft.Extensions.Options;

namespace StockAspire.Otlp.Tests;

public sealed class OptionsTests
{
    [Theory]
    [InlineData("Dashboard:Otlp:PrimaryApiKey", " ", "Dashboard:Otlp:PrimaryApiKey must be set where AuthMode is ApiKey")]
    [InlineData("Dashboard:Otlp:AuthMode", "Unsecured", "nobody is asked for it where AuthMode is Unsecured")]
    [InlineData("Dashboard:Otlp:ForwardTo", "collector:4317", "must be an absolute http or https address, got \"collector:4317\"")]
    [InlineData("Dashboard:Otlp:ForwardHeaders", "no equals sign", "Dashboard:Otlp:ForwardHeaders must be name=value")]
    [InlineData("Dashboard:Otlp:ForwardQueueBytes", "1", "must be between 4194304 and 1073741824, got 1.")]
    [InlineData("Dashboard:TelemetryLimits:MaxLogCount", "0", "Dashboard:TelemetryLimits:MaxLogCount must be between 1 and 1000000, got 0.")]
    [InlineData("Dashboard:TelemetryLimits:MaxIntakeBytes", "1024", "must be between 4194304 and 1073741824, got 1024.")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string key, string value, string message)
    {
        await using var app = ReceiverHost.Build((key, value));
        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_is_not_in_the_message()
    {
        await using var app = ReceiverHost.Build(("Dashboard:Otlp:ForwardHeaders", "a b=hunter2"));
        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain("hunter2", thrown.Message, StringComparison.Ordinal);
    }
}
