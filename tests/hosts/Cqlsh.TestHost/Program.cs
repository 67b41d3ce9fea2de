// Takes the place of cqlsh, which cannot be installed everywhere: --cqlshrc FILE --credentials FILE -f FILE.
// Files as cqlsh reads them; statements end with ";" at the end of a line. Exit code 1: no connection, 2: a statement failed.
using StockAspire.Cql;

var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
var settings = Read(options["--cqlshrc"]);
var credentials = Read(options["--credentials"]);
if (settings["auth_provider.classname"] != "PlainTextAuthProvider" || settings["connection.ssl"] != "true" || settings["ssl.validate"] != "true")
{
    Console.Error.WriteLine("expected TLS that is checked, and a password");
    return 1;
}

try
{
    await using var session = await CqlSession.ConnectAsync(new CqlOptions
    {
        ContactPoints = [$"{settings["connection.hostname"]}:{settings["connection.port"]}"],
        Tls = new CqlTlsOptions { CaFile = settings["ssl.certfile"] },
        User = credentials["PlainTextAuthProvider.username"],
        Password = credentials["PlainTextAuthProvider.password"],
        RequestTimeout = TimeSpan.FromSeconds(60),
        AttemptTimeout = TimeSpan.FromSeconds(30),
        ConnectTimeout = TimeSpan.FromSeconds(30),
    });
    foreach (var statement in (await File.ReadAllTextAsync(options["-f"])).Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
    {
        try
        {
            (await session.ExecuteAsync(statement)).Dispose();
        }
        catch (CqlException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return 2;
        }
    }

    return 0;
}
catch (CqlException exception)
{
    Console.Error.WriteLine($"Connection error: {exception.Message}");
    return 1;
}

// Names are SECTION.KEY.
static Dictionary<string, string> Read(string file)
{
    Dictionary<string, string> values = [];
    var section = string.Empty;
    foreach (var line in File.ReadLines(file).Where(line => line.Length > 0))
    {
        if (line.StartsWith('['))
            section = line.Trim('[', ']');
        else if (line.Split(" = ", 2) is [var key, var value])
            values[$"{section}.{key}"] = value;
    }

    return values;
}
