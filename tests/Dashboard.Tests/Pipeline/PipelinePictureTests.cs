using Aspire.DashboardService.Proto.V1;
using StockAspire.Dashboard.Live;
using StockAspire.Dashboard.Pipeline;
using StockAspire.Dashboard.Resources;
using StockAspire.Dashboard.Tests.Resources;
using StockAspire.Protos.V1;

namespace StockAspire.Dashboard.Tests.Pipeline;

public sealed class PipelinePictureTests
{
    private static readonly Connection Connected = new(ConnectionState.Connected, SampleResources.Started);

    [Fact]
    public void A_flow_that_keeps_up_is_well() => Assert.Equal(
        new StageState(Attention.Good, "All well: 1,200 ticks/s come in, 30 wait to be stored, the oldest for 250 ms."),
        Of(new() { PublishedPerSecond = 1_200, StoredPerSecond = 1_190, LagTicks = 30, OldestUnstoredAgeMs = 250 }).Verdict);

    [Fact]
    public void A_pipeline_at_rest_is_well() => Assert.Equal(
        new StageState(Attention.Good, "All well: nothing comes in, everything is stored."), Of(new()).Verdict);

    [Theory]
    [InlineData(9_999, 0, Attention.Good)]
    [InlineData(10_000, 0, Attention.Warning)]
    [InlineData(60_000, 0, Attention.Error)]
    public void A_sink_behind_is_told_by_the_age_of_the_oldest(long ageMs, double stored, Attention attention) =>
        Assert.Equal(attention, Of(new() { OldestUnstoredAgeMs = ageMs, LagTicks = 5, StoredPerSecond = stored }).Verdict.Attention);

    [Fact]
    public void A_sink_that_stores_nothing_is_told_from_one_that_is_slow()
    {
        Assert.Equal("The Sink: stores nothing, oldest waits 35 s.", Of(new() { OldestUnstoredAgeMs = 35_000 }).Verdict.Text);
        Assert.Equal("The Sink: behind, oldest waits 35 s.", Of(new() { OldestUnstoredAgeMs = 35_000, StoredPerSecond = 10 }).Verdict.Text);
    }

    [Fact]
    public void A_problem_stands_at_the_stage_that_it_is_of()
    {
        var picture = Of(new() { Problems = { Problem(PipelineSide.Store, "The tick store cannot be reached: disk full") } });
        Assert.Equal(new StageState(Attention.Error, "The tick store cannot be reached: disk full"), picture.Store);
        Assert.Equal(Attention.Good, picture.Topic.Attention);
        Assert.Equal("The tick store cannot be reached: disk full.", picture.Verdict.Text);

        picture = Of(new() { Problems = { Problem(PipelineSide.Kafka, "Gone away while the tick store was asked") } });
        Assert.Equal(Attention.Error, picture.Topic.Attention);
        Assert.Equal(Attention.Good, picture.Store.Attention);
    }

    [Fact]
    public void A_problem_of_a_side_that_this_dashboard_does_not_know_is_not_called_well()
    {
        var picture = Of(new() { Problems = { Problem(PipelineSide.Unspecified, "The calendar cannot be reached") } });
        Assert.Equal((Attention.Error, "Query: The calendar cannot be reached."), (picture.Verdict.Attention, picture.Verdict.Text));
    }

    [Theory]
    [InlineData("Exited")]
    [InlineData("FailedToStart")]
    public void A_stage_that_ended_is_an_error(string state)
    {
        var resources = SampleResources.Pipeline();
        resources[1].State = state;
        var picture = Of(new(), resources);
        Assert.Equal(Attention.Error, picture.Ingest.Attention);
        Assert.StartsWith("Ingest: ", picture.Verdict.Text, StringComparison.Ordinal);
        Assert.Equal("ingest", picture.Verdict.Resource);
    }

    [Fact]
    public void The_AppHosts_reason_is_passed_on()
    {
        var resources = SampleResources.Pipeline();
        resources[2].State = "Waiting";
        resources[2].Properties.Add(new ResourceProperty { Name = "resource.stateReason", Value = Google.Protobuf.WellKnownTypes.Value.ForString("for kafka to be healthy") });
        Assert.Equal("The Sink: Waiting: for kafka to be healthy.", Of(new(), resources).Verdict.Text);
    }

    [Fact]
    public void Of_replicas_the_healthy_are_counted()
    {
        var resources = SampleResources.Pipeline();
        var second = resources[2].Clone();
        second.Name = "sink-2";
        second.State = "Starting";
        Assert.Equal(new StageState(Attention.Moving, "1 of 2 healthy", null, "sink-2"), Of(new(), [.. resources, second]).Sink);
    }

    [Fact]
    public void When_Query_is_away_nothing_is_called_well_and_the_time_is_told()
    {
        var lost = new Connection(ConnectionState.Lost, SampleResources.Started, "nothing answers there");
        var picture = PipelinePicture.Of(lost, new GetPipelineStatusResponse { PublishedPerSecond = 5 }, Views(SampleResources.Pipeline()), _ => "03:04:05");
        Assert.True(picture.IsStale);
        Assert.Equal((Attention.Error, "Query: no answer since 03:04:05: nothing answers there.", "query"), (picture.Verdict.Attention, picture.Verdict.Text, picture.Verdict.Resource));
        Assert.Equal(Attention.Quiet, picture.Store.Attention);
    }

    [Fact]
    public void Before_the_first_answer_nothing_is_claimed()
    {
        var picture = PipelinePicture.Of(new Connection(ConnectionState.Connecting, SampleResources.Started), null, [], _ => "");
        Assert.Equal(new StageState(Attention.Moving, "Query: not asked yet."), picture.Verdict);
    }

    [Fact]
    public void A_cluster_that_no_AppHost_runs_is_known_by_Query_alone() =>
        Assert.Equal(Attention.Good, PipelinePicture.Of(Connected, new(), [], _ => "").Verdict.Attention);

    private static PipelineProblem Problem(PipelineSide side, string message) => new() { Side = side, Message = message };

    private static PipelinePicture Of(GetPipelineStatusResponse status, Resource[]? resources = null) =>
        PipelinePicture.Of(Connected, status, Views(resources ?? SampleResources.Pipeline()), _ => "");

    private static List<ResourceView> Views(Resource[] resources) => [.. resources.Select(resource => new ResourceView(resource, resource.Name))];
}
