using Microsoft.Extensions.Configuration;

namespace StockAspire.LocalHosting.Tests;

public sealed class AppHostSettingsTests
{
    [Fact]
    public void Defaults_AreFixedPorts_AndAFolderInTheRepository()
    {
        using var repository = new TemporaryDirectory();
        File.WriteAllText(repository.File("Any.sln"), "");
        var project = Directory.CreateDirectory(repository.File("AppHost")).FullName;

        var settings = AppHostSettings.Read(new ConfigurationBuilder().Build(), project);

        Assert.Equal(repository.File(".stockaspire"), settings.DataDirectory);
        Assert.False(settings.DynamicPorts);
    }

    [Theory]
    [InlineData("AppHost:Ports", "some", "AppHost:Ports is \"some\"; it must be fixed or dynamic.")]
    [InlineData("AppHost:Endpoints:kafka:tcp", "65536", "AppHost:Endpoints:kafka:tcp is \"65536\"; it must be a port, 1 to 65535.")]
    [InlineData("AppHost:Endpoints:kafka:tcp", "-1", "AppHost:Endpoints:kafka:tcp is \"-1\"; it must be a port, 1 to 65535.")]
    [InlineData("AppHost:DataDir", "x", "AppHost:DataDir is no setting; there are AppHost:DataDirectory, AppHost:Ports, AppHost:Endpoints, AppHost:Dashboard.")]
    [InlineData("AppHost:Dashboard", "some", "AppHost:Dashboard is \"some\"; it must be embedded or none.")]
    public void AnInvalidSetting_IsNamedWithItsValueAndLimits(string key, string value, string message)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build();

        Assert.Equal(message, Assert.Throws<DistributedApplicationException>(() => AppHostSettings.Read(configuration, "/")).Message);
    }
}
