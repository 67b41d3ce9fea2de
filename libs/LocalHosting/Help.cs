namespace StockAspire.LocalHosting;

internal static class Help
{
    internal const string Text = """
        Starts the whole application on this machine: the broker, then the services, in order of health.

        usage: dotnet run --project AppHost [-- --KEY=VALUE ...]

          --AppHost:DataDirectory=DIR            where everything is kept; default: .stockaspire in the repository
          --AppHost:Ports=fixed|dynamic          fixed: the documented ports; dynamic: any free ones
          --AppHost:Endpoints:RESOURCE:NAME=PORT one endpoint's port, such as AppHost:Endpoints:kafka:tcp
          --AppHost:Dashboard=embedded|none      whether the dashboard is started too; default: embedded
          --ConnectionStrings:kafka=HOST:PORT,.. a Kafka cluster instead of the embedded broker
          --ConnectionStrings:tickstore=STRING   sqlite:PATH, or cassandra://host:port/keyspace
          --help                                 this text

        Every key can also be an environment variable, with __ for each colon; the services inherit the environment.

        examples:
          dotnet run --project AppHost
          dotnet run --project AppHost -- --AppHost:DataDirectory=/tmp/ticks --AppHost:Ports=dynamic
          dotnet run --project AppHost -- --AppHost:Endpoints:kafka:tcp=29092
          Sink__BatchRows=500 dotnet run --project AppHost
          OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4317 dotnet run --project AppHost   telemetry goes on to there

        Ctrl+C stops everything in order, with a drain; a second Ctrl+C ends it at once. Logs are kept in DIR/logs, and
        DIR/endpoints.json has the addresses, the dashboard's login URL and the process ids while the application runs.

        """;
}
