using System.Globalization;
using System.Text.Json;

namespace StockAspire.LocalHosting;

/// <summary>
/// The application as tools of deployment read it: Aspire's manifest, schema aspire-8.0.json. Values that only a
/// deployment knows stand in it as expressions such as <c>{kafka.connectionString}</c>.
/// </summary>
internal sealed class ManifestWriter(Utf8JsonWriter json, string directory, DistributedApplicationExecutionContext executionContext)
{
    internal async Task WriteAsync(IEnumerable<IResource> resources, CancellationToken cancellationToken)
    {
        json.WriteStartObject();
        json.WriteStartObject("resources");
        foreach (var resource in resources)
        {
            json.WriteStartObject(resource.Name);
            await WriteAsync(resource, cancellationToken);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private async Task WriteAsync(IResource resource, CancellationToken cancellationToken)
    {
        switch (resource)
        {
            case ProjectResource project:
                json.WriteString("type", "project.v0");
                json.WriteString("path", Relative(project.Annotations.OfType<IProjectMetadata>().First().ProjectPath));
                await WriteProcessAsync(resource, ProjectVariables(project), cancellationToken);
                break;
            case KafkaServerResource kafka:
                json.WriteString("type", "container.v0");
                json.WriteString("connectionString", kafka.ConnectionStringExpression.ValueExpression);
                json.WriteString("image", KafkaContainer.Image);
                KafkaContainer.WriteVolume(json, kafka);
                await WriteProcessAsync(resource, KafkaContainer.Variables(kafka), cancellationToken);
                break;
            case ExecutableResource executable:
                json.WriteString("type", "executable.v0");
                json.WriteString("workingDirectory", Relative(executable.WorkingDirectory));
                json.WriteString("command", executable.Command);
                await WriteProcessAsync(resource, [], cancellationToken);
                break;
            case ParameterResource parameter:
                WriteParameter(parameter.Name, connectionString: null, parameter.Secret, parameter.Default);
                break;
            case ConfiguredConnectionString { Name: var name }:
                WriteParameter(name, connectionString: $"{{{name}.value}}", secret: true, byDefault: null);
                break;
            case IResourceWithConnectionString value:
                json.WriteString("type", "value.v0");
                json.WriteString("connectionString", value.ConnectionStringExpression.ValueExpression);
                break;
            default:
                throw new DistributedApplicationException($"Resource '{resource.Name}' has no form in a manifest.");
        }
    }

    /// <summary>What is asked for when the application is deployed.</summary>
    private void WriteParameter(string name, string? connectionString, bool secret, Func<string>? byDefault)
    {
        json.WriteString("type", "parameter.v0");
        if (connectionString is not null)
            json.WriteString("connectionString", connectionString);
        json.WriteString("value", $"{{{name}.inputs.value}}");
        json.WriteStartObject("inputs");
        json.WriteStartObject("value");
        json.WriteString("type", "string");
        if (secret)
            json.WriteBoolean("secret", true);
        if (byDefault is not null)
        {
            json.WriteStartObject("default");
            json.WriteString("value", byDefault());
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private async Task WriteProcessAsync(IResource resource, IEnumerable<KeyValuePair<string, string>> own, CancellationToken cancellationToken)
    {
        var arguments = new CommandLineArgsCallbackContext(executionContext, resource, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(arguments);
        if (arguments.Args.Count > 0)
        {
            json.WriteStartArray("args");
            foreach (var argument in arguments.Args)
                json.WriteStringValue(Expression(argument));
            json.WriteEndArray();
        }

        var environment = new EnvironmentCallbackContext(executionContext, resource, replica: 0, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(environment);
        json.WriteStartObject("env");
        foreach (var (name, value) in own.Where(variable => !environment.EnvironmentVariables.ContainsKey(variable.Key)))
            json.WriteString(name, value);
        foreach (var (name, value) in environment.EnvironmentVariables)
            json.WriteString(name, Expression(value));
        json.WriteEndObject();
        WriteBindings(resource);
    }

    private void WriteBindings(IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        if (endpoints.Count == 0)
            return;
        json.WriteStartObject("bindings");
        foreach (var endpoint in endpoints)
        {
            json.WriteStartObject(endpoint.Name);
            json.WriteString("scheme", endpoint.UriScheme);
            json.WriteString("protocol", "tcp");
            json.WriteString("transport", endpoint.Transport);
            if ((resource is KafkaServerResource ? KafkaContainer.Port : endpoint.Port) is { } targetPort)
                json.WriteNumber("targetPort", targetPort);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>In a container a service listens on every address, on the port of its binding.</summary>
    private static IEnumerable<KeyValuePair<string, string>> ProjectVariables(ProjectResource project)
    {
        yield return new("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory");
        var endpoints = project.Annotations.OfType<EndpointAnnotation>().ToList();
        if (endpoints.Count == 0)
            yield break;
        yield return new("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true");
        foreach (var endpoint in endpoints.Where(endpoint => endpoint.IsKestrel))
            yield return new($"Kestrel__Endpoints__{endpoint.Name}__Url", $"{endpoint.UriScheme}://*:{Port(endpoint)}");
        foreach (var endpoint in endpoints.Where(endpoint => endpoint.PortVariable is not null))
            yield return new(endpoint.PortVariable!, Port(endpoint));
        var ports = endpoints.Where(endpoint => endpoint is { IsKestrel: false, PortVariable: null, UriScheme: "http" }).Select(Port).ToList();
        if (ports.Count > 0)
            yield return new("HTTP_PORTS", string.Join(';', ports));

        string Port(EndpointAnnotation endpoint) =>
            new EndpointReference(project, endpoint.Name).Property(EndpointProperty.TargetPort).ValueExpression;
    }

    private static string Expression(object? value) => value switch
    {
        IManifestExpressionProvider provider => provider.ValueExpression,
        IResourceBuilder<IResource> { Resource: IManifestExpressionProvider provider } => provider.ValueExpression,
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private string Relative(string path) => Path.GetRelativePath(directory, path).Replace('\\', '/');
}
