using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace StockAspire.Sink.Service.Tests;

public sealed class SinkOptionsTests
{
    [Theory]
    [InlineData("BatchRows", "-1", "Sink:BatchRows must be between 0 and 20000")]
    [InlineData("BatchRows", "20001", "Sink:BatchRows must be between 0 and 20000")]
    [InlineData("BatchBytes", "1023", "Sink:BatchBytes must be between 1024 and 16777216")]
    [InlineData("MaxInFlightBatches", "0", "Sink:MaxInFlightBatches must be between 1 and 1024")]
    [InlineData("MaxInFlightBatches", "1025", "Sink:MaxInFlightBatches must be between 1 and 1024")]
    [InlineData("FlushInterval", "00:00:11", "Sink:FlushInterval must be between 00:00:00.0010000 and 00:00:10")]
    [InlineData("RevokeDrain", "00:00:08", "Sink:RevokeDrain must be between 00:00:00 and 00:00:07")]
    [InlineData("Instance", "a b", "Sink:Instance must be 1 to 100 of A-Z a-z 0-9 . _ -")]
    public void Options_OutsideTheirLimits_AreRefusedWithKeyLimitsAndValue(string key, string value, string message)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Options((key, value)));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains(value, exception.Message[exception.Message.IndexOf("got ", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BatchRows", "20000")]
    [InlineData("RevokeDrain", "00:00:00")]
    [InlineData("Instance", "sink-7.a_B")]
    public void Options_AtTheirLimits_AreTaken(string key, string value) => Assert.NotNull(Options((key, value)));

    [Fact]
    public void Options_Untouched_AreTheDocumentedDefaults()
    {
        var options = Options();

        Assert.Equal(
            ("sink-1", 0, 1 << 20, 32, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5)),
            (options.Instance, options.BatchRows, options.BatchBytes, options.MaxInFlightBatches, options.FlushInterval, options.RevokeDrain));
    }

    private static SinkOptions Options(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>("Sink:" + setting.Key, setting.Value)));
        builder.AddTickSink();
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<SinkOptions>>().Value;
    }
}
