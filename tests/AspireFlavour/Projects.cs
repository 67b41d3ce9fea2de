namespace Projects;

#pragma warning disable CA1707 // Aspire's SDK makes these names, of the projects' files.

internal sealed class Ingest_Service : IProjectMetadata
{
    public string ProjectPath => "Ingest.Service.csproj";
}

internal sealed class Sink_Service : IProjectMetadata
{
    public string ProjectPath => "Sink.Service.csproj";
}

internal sealed class Query_Service : IProjectMetadata
{
    public string ProjectPath => "Query.Service.csproj";
}
