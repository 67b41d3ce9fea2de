using System.ComponentModel;
using System.Diagnostics;

namespace StockAspire.KafkaBroker.Tests.Clients;

/// <summary>How a client program is started; its verb and arguments follow.</summary>
internal sealed record ClientCommand(string Name, string File, string[] Arguments)
{
    /// <summary>Debian's Python, for which Debian's packages are; another one may come first on the path.</summary>
    private const string SystemPython = "/usr/bin/python3";

    private static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Clients");

    public static ClientCommand Confluent { get; } = new("Confluent.Kafka", "dotnet",
        [AppContext.BaseDirectory.Replace("/KafkaBroker.Tests/", "/hosts/KafkaClient.TestHost/", StringComparison.Ordinal) + "StockAspire.KafkaClient.TestHost.dll"]);

    public static ClientCommand PythonKafka { get; } = new("python3-kafka", SystemPython, [Path.Combine(Folder, "python", "kafka_python.py")]);

    public static ClientCommand PythonConfluent { get; } = new("python3-confluent-kafka", SystemPython, [Path.Combine(Folder, "python", "confluent_python.py")]);

    public static ClientCommand KafkaJs { get; } = new("kafkajs", "node", [Path.Combine(Folder, "node", "kafkajs.mjs")]);

    public static ClientCommand Platformatic { get; } = new("@platformatic/kafka", "node", [Path.Combine(Folder, "node", "platformatic.mjs")]);

    /// <summary>kcat reading, in the lines of the other programs; it has neither verbs nor orders from its input.</summary>
    public static ClientCommand Kcat { get; } = new("kcat", "kcat", ["-u", "-f", @"record\t%p\t%o\t%k\t%s\t%h\n"]);

    public static ClientCommand Java { get; } = new("the Java client", "java",
        ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", $"{JavaTools.Classes}:{JavaTools.Libraries}", "JavaClient"]);

    /// <summary>Runs a program to its end; null where there is none of that name.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)?> TryRunAsync(string file, IEnumerable<string> arguments, string? folder = null, string input = "")
    {
        try
        {
            var start = new ProcessStartInfo(file, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder ?? "",
            };

            // A tool runs for a second or two: optimizing it costs more than it saves.
            start.Environment["JDK_JAVA_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(ClientProgram.Patience);
            return (process.ExitCode, await output, await errors);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
