using Aspire.DashboardService.Proto.V1;
using Microsoft.Extensions.Time.Testing;
using StockAspire.Dashboard.Live;
using StockAspire.Dashboard.Resources;

namespace StockAspire.Dashboard.Tests.Resources;

public sealed class ResourceFeedTests
{
    private readonly FakeTimeProvider _time = new(SampleResources.Started);
    private readonly ResourceFeed _feed;

    public ResourceFeedTests() => _feed = new ResourceFeed(_time);

    [Fact]
    public void The_first_data_replaces_all_and_changes_add_to_it()
    {
        _feed.Apply(Initial("a", "b"));
        _feed.Apply(new WatchResourcesUpdate { Changes = new WatchResourcesChanges { Value = { new WatchResourcesChange { Upsert = new Resource { Name = "c" } }, new WatchResourcesChange { Delete = new ResourceDeletion { ResourceName = "a" } } } } });
        Assert.Equal(["b", "c"], _feed.Resources.Select(view => view.Name));

        _feed.Apply(Initial("d"));
        Assert.Equal(["d"], _feed.Resources.Select(view => view.Name));
    }

    [Fact]
    public void Replicas_are_told_apart_by_name_and_others_shown_by_display_name()
    {
        _feed.Apply(new WatchResourcesUpdate
        {
            InitialData = new InitialResourceData
            {
                Resources =
                {
                    new Resource { Name = "sink-0", DisplayName = "sink" }, new Resource { Name = "sink-1", DisplayName = "sink" },
                    new Resource { Name = "query-xyz", DisplayName = "query" }, new Resource { Name = "secret", DisplayName = "secret", IsHidden = true },
                },
            },
        });
        Assert.Equal(["query", "sink-0", "sink-1"], _feed.Resources.Select(view => view.Title));
    }

    [Fact]
    public void What_is_lost_stays_shown_since_the_first_failure()
    {
        _feed.Connecting();
        _feed.Apply(Initial("a"));
        var lost = _time.GetUtcNow();
        _feed.Lost("first");
        _time.Advance(TimeSpan.FromSeconds(5));
        _feed.Lost("second");

        Assert.Equal(new Connection(ConnectionState.Lost, lost, "second"), _feed.Connection);
        Assert.Single(_feed.Resources);
        _feed.Apply(Initial("a"));
        Assert.Equal(new Connection(ConnectionState.Connected, _time.GetUtcNow()), _feed.Connection);
    }

    [Fact]
    public void More_resources_than_an_application_has_are_left_out()
    {
        _feed.Apply(Initial([.. Enumerable.Range(0, ResourceFeed.ResourcesMax + 10).Select(number => $"r{number}")]));
        _feed.Apply(new WatchResourcesUpdate { Changes = new WatchResourcesChanges { Value = { new WatchResourcesChange { Upsert = new Resource { Name = "late" } } } } });
        Assert.Equal(ResourceFeed.ResourcesMax, _feed.Resources.Count);
    }

    [Fact]
    public void Each_change_is_told()
    {
        var next = _feed.Changed.Next;
        _feed.Apply(Initial("a"));
        Assert.True(next.IsCompleted);
        Assert.False(_feed.Changed.Next.IsCompleted);
    }

    private static WatchResourcesUpdate Initial(params string[] names) =>
        new() { InitialData = new InitialResourceData { Resources = { names.Select(name => new Resource { Name = name, DisplayName = name }) } } };
}
