namespace StockAspire.Cql.Tests;

public sealed class CqlOptionsTests
{
    private static string Refusal(Action<CqlOptions> configure)
    {
        var options = new CqlOptions { ContactPoints = ["h"] };
        options.Validate();
        configure(options);
        return Assert.Throws<ArgumentException>(options.Validate).Message;
    }

    [Fact]
    public void Settings_BeyondTheirLimits_AreNamed()
    {
        Assert.Equal("ContactPoints is empty, expected at least one host.", Refusal(options => options.ContactPoints = []));
        Assert.Equal("User and Password go together.", Refusal(options => options.User = "u"));
        Assert.Equal("User and Password go together.", Refusal(options => options.ReadPassword = _ => new("p")));
        Assert.Equal("Password and ReadPassword are both given, expected one.", Refusal(options => (options.User, options.Password, options.ReadPassword) = ("u", "p", _ => new("p"))));
        Assert.Equal("InFlightMax is 2049, expected 1 to 2048.", Refusal(options => options.InFlightMax = 2049));
        Assert.Equal("FrameSizeMax is 1, expected 64 KiB to 256 MiB.", Refusal(options => options.FrameSizeMax = 1));
        Assert.Equal("RequestTimeout is 00:00:00, expected 00:00:00.0100000 to 01:00:00.", Refusal(options => options.RequestTimeout = TimeSpan.Zero));
        Assert.Equal("ReconnectDelayMax is 00:00:00.1000000, expected 00:00:00.2000000 to 00:10:00.", Refusal(options => options.ReconnectDelayMax = TimeSpan.FromMilliseconds(100)));
        Assert.Equal("ProtocolVersion is 3, expected V4 or V5.", Refusal(options => options.ProtocolVersion = (ProtocolVersion)3));
    }
}
