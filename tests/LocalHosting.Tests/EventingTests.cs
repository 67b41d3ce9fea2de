namespace StockAspire.LocalHosting.Tests;

public sealed class EventingTests
{
    [Fact]
    public async Task Subscribers_are_called_in_their_order_each_after_the_end_of_the_one_before()
    {
        var eventing = new DistributedApplicationEventing();
        var calls = new List<string>();
        var first = new TaskCompletionSource();
        eventing.Subscribe<Happened>(async (_, _) =>
        {
            await first.Task;
            calls.Add("first");
        });
        var gone = eventing.Subscribe<Happened>((_, _) => throw new InvalidOperationException("It has unsubscribed."));
        eventing.Subscribe<Happened>((_, _) =>
        {
            calls.Add("second");
            return Task.CompletedTask;
        });
        eventing.Unsubscribe(gone);

        var publishing = eventing.PublishAsync(new Happened(), TestContext.Current.CancellationToken);
        Assert.Empty(calls);
        first.SetResult();
        await publishing;

        Assert.Equal(["first", "second"], calls);
    }

    [Fact]
    public async Task Before_the_start_nothing_runs_and_afterwards_addresses_are_known()
    {
        var told = new List<string>();
        await using var app = await RunningApplication.StartAsync(new TemporaryDirectory(), builder =>
        {
            var tool = builder.AddExecutable("tool", "sh", ".", "-c", "while :; do sleep 0.05; done").WithHttpEndpoint();
            builder.Eventing.Subscribe<BeforeStartEvent>((@event, _) =>
            {
                told.Add($"before {string.Join(' ', @event.Model.Resources.Select(resource => resource.Name))} {tool.GetEndpoint("http").IsAllocated}");
                return Task.CompletedTask;
            });
            builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((@event, _) =>
            {
                told.Add($"after {tool.GetEndpoint("http").IsAllocated} {@event.Services is not null}");
                return Task.CompletedTask;
            });
        });

        Assert.Equal(["before tool False", "after True True"], told);
    }

    private sealed class Happened : IDistributedApplicationEvent;
}
