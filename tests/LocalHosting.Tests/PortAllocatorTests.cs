using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace StockAspire.LocalHosting.Tests;

public sealed class PortAllocatorTests
{
    private static readonly Dictionary<string, int> NoPorts = [];

    [Fact]
    public void ATakenPort_IsNamedWithItsOwnerAndTheKeyToChange()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        var error = Assert.Throws<DistributedApplicationException>(() =>
            PortAllocator.Allocate([Instance(port)], new AppHostSettings("/data", DynamicPorts: false, NoPorts)));

        Assert.Equal(
            $"Port {port.ToString(CultureInfo.InvariantCulture)} on 127.0.0.1 is taken; resource 'kafka' needs it for its endpoint 'tcp'. "
            + "Free it, or set AppHost:Endpoints:kafka:tcp to another port, or AppHost:Ports to dynamic.",
            error.Message);
    }

    [Fact]
    public void ATakenPortOfTheDashboard_IsNamedWithTheWayToDoWithoutIt()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        var settings = new AppHostSettings("/data", DynamicPorts: false, new Dictionary<string, int> { ["AppHost:Endpoints:dashboard:http"] = port });
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(DashboardResource.AssemblyKey, "/Dashboard.dll")]).Build();
        var dashboard = DashboardResource.Create(settings, configuration, RunKeys.Create());

        var error = Assert.Throws<DistributedApplicationException>(() => PortAllocator.Allocate([new ResourceInstance(dashboard!, 0)], settings));

        Assert.Equal(
            $"Port {port.ToString(CultureInfo.InvariantCulture)} on 127.0.0.1 is taken; resource 'dashboard' needs it for its endpoint 'http'. "
            + "Free it, or set AppHost:Endpoints:dashboard:http to another port, or AppHost:Ports to dynamic, or AppHost:Dashboard to none.",
            error.Message);
    }

    [Fact]
    public void DynamicPorts_AreAllDifferent_WhateverThePortsWantedWere()
    {
        var instances = Enumerable.Range(0, 20).Select(_ => Instance(1)).ToList();

        PortAllocator.Allocate(instances, new AppHostSettings("/data", DynamicPorts: true, NoPorts));

        Assert.Equal(20, instances.SelectMany(instance => instance.Endpoints).Select(endpoint => endpoint.AllocatedPorts.Single()).Distinct().Count());
    }

    [Fact]
    public void AConfiguredPort_Wins_InBothModes()
    {
        var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Dispose();
        var instance = Instance(1);

        PortAllocator.Allocate(
            [instance], new AppHostSettings("/data", DynamicPorts: true, new Dictionary<string, int> { ["AppHost:Endpoints:kafka:tcp"] = port }));

        Assert.Equal([port], instance.Endpoints.Single().AllocatedPorts);
    }

    private static ResourceInstance Instance(int port)
    {
        var resource = new ExecutableResource("kafka", "sh", "/");
        resource.Annotations.Add(new EndpointAnnotation("tcp", "tcp") { Port = port });
        return new ResourceInstance(resource, 0);
    }
}
