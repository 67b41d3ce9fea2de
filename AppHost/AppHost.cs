// CSV files and gRPC streams -> ingest -> kafka -> sink -> tickstore -> query -> any client.
// This file compiles against LocalHosting and against Aspire; the project file's implicit usings choose.
var builder = DistributedApplication.CreateBuilder(args);

var kafka = builder.AddBroker("kafka", port: 19092);
var tickstore = builder.AddTickStore("tickstore");
var csvRoot = builder.AddParameter("csv-root", builder.Configuration["Ingest:CsvRoot"] ?? Path.GetFullPath("../samples", builder.AppHostDirectory));

builder.AddProject<Projects.Ingest_Service>("ingest")
    .WithReference(kafka).WaitFor(kafka)
    .WithEnvironment("Ingest__CsvRoot", csvRoot)
    .WithInstanceName("Ingest__Instance")
    .WithHttpHealthCheck("/health", endpointName: "http");

builder.AddProject<Projects.Sink_Service>("sink")
    .WithReference(kafka).WaitFor(kafka)
    .WithReference(tickstore).WaitFor(tickstore)
    .WithInstanceName("Sink__Instance")
    .WithHttpHealthCheck("/health", endpointName: "http");

builder.AddProject<Projects.Query_Service>("query")
    .WithReference(kafka).WaitFor(kafka)
    .WithReference(tickstore).WaitFor(tickstore)
    .WithHttpHealthCheck("/health", endpointName: "http")
    .WithPipelineStatus();

builder.Build().Run();
