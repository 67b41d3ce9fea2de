using System.ComponentModel;
using System.Diagnostics;

namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>kcat, as Debian packages it (librdkafka 2.0.2 and later).</summary>
public sealed class KcatTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("gzip")]
    [InlineData("snappy")]
    [InlineData("lz4")]
    [InlineData("zstd")]
    public async Task Kcat_makes_a_topic_produces_and_reads_back(string codec)
    {
        await using var broker = await StartAsync();
        var lines = string.Concat(Enumerable.Range(0, 1000).Select(i => $"key{i}:value number {i}\n"));
        await RunAsync(lines, "-P", "-b", broker.BootstrapServers, "-t", "t", "-K:", "-z", codec, "-X", "acks=all");
        Assert.Equal(lines, await RunAsync("", "-C", "-b", broker.BootstrapServers, "-t", "t", "-K:", "-e", "-q"));
    }

    [Fact]
    public async Task Kcat_in_a_group_goes_on_where_it_was()
    {
        await using var broker = await StartAsync();
        string[] group = ["-b", broker.BootstrapServers, "-X", "auto.offset.reset=earliest", "-G", "g", "-e", "-q", "t"];
        await RunAsync("one\ntwo\n", "-P", "-b", broker.BootstrapServers, "-t", "t", "-X", "enable.idempotence=true");
        Assert.Equal("one\ntwo\n", await RunAsync("", group));
        await RunAsync("three\n", "-P", "-b", broker.BootstrapServers, "-t", "t");
        Assert.Equal("three\n", await RunAsync("", group));
    }

    [Fact]
    public async Task Kcat_lists_the_broker_and_its_topics()
    {
        await using var broker = await StartAsync();
        await RunAsync("one\n", "-P", "-b", broker.BootstrapServers, "-t", "t");
        var listed = await RunAsync("", "-L", "-J", "-b", broker.BootstrapServers);
        Assert.Contains($"\"brokers\":[{{\"id\":1,\"name\":\"{broker.BootstrapServers}\"}}]", listed, StringComparison.Ordinal);
        Assert.Contains("\"topic\":\"t\",\"partitions\":[{\"partition\":0,\"leader\":1", listed, StringComparison.Ordinal);
    }

    private static Task<EmbeddedBroker> StartAsync()
    {
        Assert.SkipUnless(IsInstalled(), "kcat is not installed (Debian: apt install kcat).");
        return EmbeddedBroker.StartAsync();
    }

    private static bool IsInstalled()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("kcat", "-V") { RedirectStandardOutput = true, RedirectStandardError = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static async Task<string> RunAsync(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("kcat") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(process.ExitCode == 0, await error);
        return await output;
    }
}
