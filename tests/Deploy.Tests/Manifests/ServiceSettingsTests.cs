namespace StockAspire.Deploy.Tests.Manifests;

/// <summary>The check of settings can fail: each of these would go unheard by a service, or stop its start.</summary>
public sealed class ServiceSettingsTests
{
    private static readonly Dictionary<string, string> Good = new()
    {
        ["ConnectionStrings__kafka"] = "k:9092",
        ["ConnectionStrings__tickstore"] = "cassandra://c:9042/stockaspire?dc=dc1",
        ["Kafka__Security__Mechanism"] = "SCRAM-SHA-512",
        ["Sink__Instance"] = "sink-1",
        ["Store__User"] = "u",
        ["Store__PasswordFile"] = "/run/secrets/password",
        ["Kestrel__Endpoints__http__Url"] = "http://*:5301",
        ["OTEL_SERVICE_NAME"] = "sink",
    };

    [Fact]
    public void What_a_service_knows_is_accepted() => ServiceSettings.Of("sink").Check(Good);

    [Theory]
    [InlineData("Sink__Instanze", "sink-1")]
    [InlineData("Sinc__Instance", "sink-1")]
    [InlineData("Sink__Instance", "a b")]
    [InlineData("Sink__BatchRows", "many")]
    [InlineData("Kafka__Security__PaswordFile", "/f")]
    [InlineData("Kafka__Security__Mechanism", "SCRAM")]
    [InlineData("Kafka__TopicPartitions", "0")]
    [InlineData("Store__Passwordfile2", "/f")]
    [InlineData("Store__Consistency", "MOST")]
    [InlineData("Ingest__CsvRoot", "/f")]
    [InlineData("Kestrel__Endpoints__grpc__Url", "http://*:5302")]
    [InlineData("ConnectionStrings__tickstor", "x")]
    [InlineData("ConnectionStrings__tickstore", "cassandra://c/stockaspire?copies=3")]
    [InlineData("OTEL_SERVICENAME", "sink")]
    public void What_it_does_not_know_or_refuses_is_found(string key, string value) =>
        Assert.NotEmpty(ServiceSettings.Of("sink").Faults(new Dictionary<string, string>(Good) { [key] = value }));
}
