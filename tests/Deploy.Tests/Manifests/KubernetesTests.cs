using StockAspire.Deploy.Tests.Running;

namespace StockAspire.Deploy.Tests.Manifests;

/// <summary>The manifests among themselves, and against the services' own settings. No cluster has run them.</summary>
public sealed class KubernetesTests
{
    private static readonly string Folder = Path.Combine(Repository.Deploy, "kubernetes");

    private static readonly IReadOnlyList<Yaml> Base =
        [.. Yaml.Read(Path.Combine(Folder, "base/kustomization.yaml"))[0]["resources"].Texts.SelectMany(file => Yaml.Read(Path.Combine(Folder, "base", file)))];

    private static readonly Yaml Overlay = Yaml.Read(Path.Combine(Folder, "overlays/example/kustomization.yaml"))[0];

    public static TheoryData<string, string> Workloads => new() { { "ingest", "StatefulSet" }, { "sink", "StatefulSet" }, { "query", "Deployment" } };

    [Fact]
    public void Every_file_is_listed_and_every_object_has_a_kind_a_version_and_a_name()
    {
        Assert.Equal(
            Directory.EnumerateFiles(Path.Combine(Folder, "base"), "*.yaml").Select(Path.GetFileName).Where(name => name != "kustomization.yaml").Order(StringComparer.Ordinal),
            Yaml.Read(Path.Combine(Folder, "base/kustomization.yaml"))[0]["resources"].Texts.Order(StringComparer.Ordinal));
        Dictionary<string, string> versions = new()
        {
            ["Namespace"] = "v1",
            ["ConfigMap"] = "v1",
            ["Service"] = "v1",
            ["StatefulSet"] = "apps/v1",
            ["Deployment"] = "apps/v1",
            ["PodDisruptionBudget"] = "policy/v1",
            ["NetworkPolicy"] = "networking.k8s.io/v1",
        };
        Assert.All(Base, item => Assert.Equal(versions[item["kind"].Text], item["apiVersion"].Text));
        Assert.Equal(Base.Count, Base.Select(item => (item["kind"].Text, item["metadata"]["name"].Text)).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void The_environment_of_a_service_is_what_it_knows(string service, string kind)
    {
        var environment = Environment(Container(service, kind));
        ServiceSettings.Of(service).Check(environment);
        if (kind == "StatefulSet")
        {
            // Each replica has a name of its own, and the same after a restart.
            Assert.Equal("pod-0", environment.Single(pair => pair.Key.EndsWith("__Instance", StringComparison.Ordinal)).Value);
        }
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Ports_and_probes_are_those_of_the_service(string service, string kind)
    {
        var container = Container(service, kind);
        var endpoints = ServiceSettings.Of(service).Endpoints;
        Assert.Equal(endpoints, container["ports"].Items.ToDictionary(port => port["name"].Text, port => port["containerPort"].Number));
        Assert.All(endpoints, endpoint => Assert.Equal($"http://*:{endpoint.Value}", Environment(container)[$"Kestrel__Endpoints__{endpoint.Key}__Url"]));
        Assert.Equal(
            ["/alive", "/alive", "/health"],
            new[] { "startupProbe", "livenessProbe", "readinessProbe" }.Select(probe => container[probe]["httpGet"]["path"].Text));

        // gRPC's port speaks HTTP/2 only: a probe there would stay red.
        Assert.All(new[] { "startupProbe", "livenessProbe", "readinessProbe" }, probe => Assert.Equal("http", container[probe]["httpGet"]["port"].Text));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void A_pod_has_the_time_to_drain_no_rights_and_limits(string service, string kind)
    {
        var pod = Workload(service, kind)["spec"]["template"]["spec"];
        var container = Container(service, kind);
        var wait = container["lifecycle"]["preStop"]["sleep"]["seconds"].Number;
        Assert.True(pod["terminationGracePeriodSeconds"].Number >= wait + ServiceSettings.Drain.TotalSeconds + 2, "a pod that drains would be killed");
        Assert.Equal(("true", "false"), (pod["securityContext"]["runAsNonRoot"].Text, pod["automountServiceAccountToken"].Text));
        Assert.Equal("RuntimeDefault", pod["securityContext"]["seccompProfile"]["type"].Text);
        Assert.Equal(("true", "false"), (container["securityContext"]["readOnlyRootFilesystem"].Text, container["securityContext"]["allowPrivilegeEscalation"].Text));
        Assert.Equal(["ALL"], container["securityContext"]["capabilities"]["drop"].Texts);
        Assert.EndsWith("Gi", container["resources"]["limits"]["memory"].Text, StringComparison.Ordinal);
        Assert.NotEmpty(container["resources"]["requests"]["cpu"].Text);
        Assert.Equal(
            container["volumeMounts"].Items.Select(mount => mount["name"].Text).Order(StringComparer.Ordinal),
            pod["volumes"].Items.Select(volume => volume["name"].Text).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Several_replicas_are_kept_and_found(string service, string kind)
    {
        var workload = Workload(service, kind);
        Assert.True(workload["spec"]["replicas"].Number >= 2);
        Assert.Equal(service, workload["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"].Text);
        Assert.Equal(service, workload["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"].Text);
        var budget = Base.Single(item => item["kind"].Text == "PodDisruptionBudget" && item["metadata"]["name"].Text == service);
        Assert.Equal((service, 1), (budget["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"].Text, budget["spec"]["maxUnavailable"].Number));
        if (kind == "Deployment")
        {
            Assert.Equal(0, workload["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"].Number);
        }

        var services = Base.Where(item => item["kind"].Text == "Service" && item["spec"]["selector"]["app.kubernetes.io/name"].Text == service).ToList();
        Assert.Equal(ServiceSettings.Of(service).Endpoints, services.SelectMany(item => item["spec"]["ports"].Items).ToDictionary(port => port["targetPort"].Text, port => port["port"].Number));
        Assert.All(services.Where(item => item["spec"]["ports"].Items.Any(port => port["name"].Text == "grpc")), item => Assert.Equal("None", item["spec"]["clusterIP"].Text));
        if (kind == "StatefulSet")
        {
            Assert.Contains(services, item => item["metadata"]["name"].Text == workload["spec"]["serviceName"].Text && item["spec"]["clusterIP"].Text == "None");
        }
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Each_password_file_is_in_the_services_secret(string service, string kind)
    {
        var volumes = Workload(service, kind)["spec"]["template"]["spec"]["volumes"].Items.ToList();
        var secret = volumes.Single(volume => volume["name"].Text == "secrets")["secret"]["secretName"].Text;
        var mount = Container(service, kind)["volumeMounts"].Items.Single(item => item["name"].Text == "secrets")["mountPath"].Text;
        var generated = Overlay["secretGenerator"].Items.Single(item => item["name"].Text == secret)["files"].Texts.Select(file => $"{mount}/{Path.GetFileName(file)}");
        Assert.Equal(
            Environment(Container(service, kind)).Where(pair => pair.Key.EndsWith("__PasswordFile", StringComparison.Ordinal)).Select(pair => pair.Value).Order(StringComparer.Ordinal),
            generated.Order(StringComparer.Ordinal));
    }

    /// <summary>As kubectl would apply it: placeholders in, names of generated maps and secrets resolved.</summary>
    [Fact]
    public async Task Kustomize_builds_the_example()
    {
        Assert.SkipUnless(Command.Find("kubectl") is not null, "needs kubectl");
        using var folder = new TemporaryFolder();
        (await Command.RunAsync("cp", "-R", Folder, folder.Path)).Succeeded();
        var example = folder["kubernetes/overlays/example"];
        (await Command.ScriptAsync("machines/certificates.sh", "authority", "--dir", example)).Succeeded();
        (await Command.ScriptAsync("machines/passwords.sh", "--dir", Path.Combine(example, "secrets"), "kafka-stockaspire", "cassandra-sink", "cassandra-query")).Succeeded();
        var built = Yaml.Parse((await Command.RunAsync("kubectl", "kustomize", example)).Succeeded(), "built");
        var names = built.Select(item => (item["kind"].Text, item["metadata"]["name"].Text)).ToHashSet();
        Assert.All(built.Where(item => item["kind"].Text != "Namespace"), item => Assert.Equal("stockaspire", item["metadata"]["namespace"].Text));
        foreach (var workload in built.Where(item => item["kind"].Text is "StatefulSet" or "Deployment"))
        {
            var pod = workload["spec"]["template"]["spec"];
            Assert.StartsWith("registry.example.net/stockaspire/", pod["containers"].Items.Single()["image"].Text, StringComparison.Ordinal);
            Assert.All(pod["containers"].Items.Single()["envFrom"].Items, source => Assert.Contains(("ConfigMap", source["configMapRef"]["name"].Text), names));
            Assert.Contains(("Secret", pod["volumes"].Items.Single(volume => volume["name"].Text == "secrets")["secret"]["secretName"].Text), names);
        }
    }

    private static Yaml Workload(string service, string kind) => Base.Single(item => item["kind"].Text == kind && item["metadata"]["name"].Text == service);

    private static Yaml Container(string service, string kind) => Workload(service, kind)["spec"]["template"]["spec"]["containers"].Items.Single();

    /// <summary>From the shared settings, the overlay's addresses, and the container's own.</summary>
    private static Dictionary<string, string> Environment(Yaml container)
    {
        Assert.Equal(["settings", "addresses"], container["envFrom"].Items.Select(source => source["configMapRef"]["name"].Text));
        var settings = Base.Single(item => item["kind"].Text == "ConfigMap" && item["metadata"]["name"].Text == "settings")["data"].Entries.Select(entry => (entry.Key, entry.Value.Text));
        var addresses = Overlay["configMapGenerator"].Items.Single(item => item["name"].Text == "addresses")["literals"].Texts.Select(literal => (literal.Split('=', 2)[0], literal.Split('=', 2)[1]));
        var own = container["env"].Items.Select(item => (item["name"].Text, item.Find("value")?.Text.Replace("$(POD_NAME)", "pod-0", StringComparison.Ordinal) ?? "pod-0"));
        Dictionary<string, string> environment = [];
        foreach (var (key, value) in settings.Concat(addresses).Concat(own))
        {
            // The tick store's address is in the map of all; Ingest does not ask for it.
            if (key != "ConnectionStrings__tickstore" || !container["name"].Text.Equals("ingest", StringComparison.Ordinal))
            {
                Assert.True(environment.TryAdd(key, value), $"{key} is given twice");
            }
        }

        return environment;
    }
}
