using System.Text;
using StockAspire.KafkaBroker.Tests.Apis;

namespace StockAspire.KafkaBroker.Tests.Security;

/// <summary>SaslHandshake and SaslAuthenticate byte by byte, on a listener that wants them.</summary>
public sealed class SaslTests : IAsyncLifetime
{
    private const string Correlation = "00000007";
    private const string Header = Correlation + "0001 78";
    private const string ApiVersions = "0012 0000" + Header;
    private const string Handshake = "0011 0001" + Header + "0005 504c41494e";
    private const string HandshakeTaken = Correlation + "0000" + "00000001 0005 504c41494e";
    private const string InvalidCredentials = "Authentication failed: Invalid username or password";

    private readonly TemporaryDirectory _files = new();
    private EmbeddedBroker _broker = null!;
    private RawClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var users = TestCertificates.WriteSecret(Path.Combine(_files.Path, "users"), KafkaBrokerServer.HashUser("stock", "stock-secret"));
        _broker = await EmbeddedBroker.StartAsync(o => (o.UsersFile, o.TransferTimeout) = (users, TimeSpan.FromSeconds(5)));
        _client = await RawClient.ConnectAsync(_broker.Server.Port);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _broker.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public async Task Right_password_opens_the_connection_in_version_0()
    {
        await AssertAnswerAsync(HandshakeTaken, Handshake);
        await AssertAnswerAsync(Correlation + "0000 ffff 00000000", Authenticate0("\0stock\0stock-secret"));
        await AssertServesAsync();
    }

    [Fact]
    public async Task Right_password_opens_the_connection_in_version_1_for_ever()
    {
        await AssertAnswerAsync(HandshakeTaken, Handshake);
        await AssertAnswerAsync(Correlation + "0000 ffff 00000000 0000000000000000", "0024 0001" + Header + Bytes("stock\0stock\0stock-secret"));
        await AssertServesAsync();
    }

    [Fact]
    public async Task Right_password_opens_the_connection_in_version_2_with_compact_types()
    {
        await AssertAnswerAsync(HandshakeTaken, Handshake);
        var token = Convert.ToHexString(Encoding.UTF8.GetBytes("\0stock\0stock-secret"));
        await AssertAnswerAsync(Correlation + "00 0000 00 01 0000000000000000 00", "0024 0002" + Header + "00" + "14" + token + "00");
        await AssertServesAsync();
    }

    [Fact]
    public async Task After_handshake_version_0_the_token_goes_without_header_and_so_does_the_answer()
    {
        await AssertAnswerAsync(HandshakeTaken, "0011 0000" + Header + "0005 504c41494e");
        await AssertAnswerAsync("", Convert.ToHexString("\0stock\0stock-secret"u8));
        await AssertServesAsync();
    }

    [Fact]
    public async Task Wrong_token_without_header_just_ends_the_connection()
    {
        await AssertAnswerAsync(HandshakeTaken, "0011 0000" + Header + "0005 504c41494e");
        await _client.SendAsync(Convert.ToHexString("\0stock\0wrong"u8));
        Assert.Null(await _client.ReceiveAsync());
    }

    [Theory]
    [InlineData("\0stock\0wrong", InvalidCredentials)]
    [InlineData("\0stock\0stock-secret ", InvalidCredentials)]
    [InlineData("\0Stock\0stock-secret", InvalidCredentials)]
    [InlineData("\0nobody\0stock-secret", InvalidCredentials)]
    [InlineData("\0\0stock-secret", "Authentication failed: username not specified")]
    [InlineData("\0stock\0", "Authentication failed: password not specified")]
    [InlineData("other\0stock\0stock-secret", "Authentication failed: Client requested an authorization id that is different from username")]
    [InlineData("stock", "Authentication failed: a PLAIN token has three parts")]
    [InlineData("\0stock\0stock-secret\0", "Authentication failed: a PLAIN token has three parts")]
    [InlineData("", "Authentication failed: a PLAIN token has three parts")]
    public async Task Anything_else_is_answered_with_error_58_and_ends_the_connection(string token, string message)
    {
        await AssertAnswerAsync(HandshakeTaken, Handshake);
        var text = Convert.ToHexString(Encoding.UTF8.GetBytes(message));
        await AssertAnswerAsync(Correlation + "003a" + $"{message.Length:x4}" + text + "00000000", Authenticate0(token));
        Assert.Null(await _client.ReceiveAsync());
    }

    [Fact]
    public async Task Password_is_asked_for_again_on_each_connection_also_after_one_that_was_right()
    {
        await AssertAnswerAsync(HandshakeTaken, Handshake);
        await AssertAnswerAsync(Correlation + "0000 ffff 00000000", Authenticate0("\0stock\0stock-secret"));
        foreach (var (password, error) in new[] { ("stock-secret", "0000"), ("stock-secre", "003a"), ("stock-secret", "0000") })
        {
            using var another = await RawClient.ConnectAsync(_broker.Server.Port);
            await another.AskAsync(Handshake);
            Assert.StartsWith(Correlation + error, await another.AskAsync(Authenticate0($"\0stock\0{password}")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Mechanism_that_is_not_served_is_answered_with_error_33_and_the_list_and_ends_the_connection()
    {
        await AssertAnswerAsync(Correlation + "0021 00000001 0005 504c41494e", "0011 0001" + Header + "0006 475353415049");
        Assert.Null(await _client.ReceiveAsync());
    }

    [Fact]
    public async Task Token_without_handshake_is_answered_with_error_34_and_ends_the_connection()
    {
        Assert.StartsWith(Correlation + "0022", await _client.AskAsync(Authenticate0("\0stock\0stock-secret")), StringComparison.Ordinal);
        Assert.Null(await _client.ReceiveAsync());
    }

    [Fact]
    public async Task Handshake_and_token_after_success_are_answered_with_error_34_and_the_connection_goes_on()
    {
        await _client.AskAsync(Handshake);
        await _client.AskAsync(Authenticate0("\0stock\0stock-secret"));
        await AssertAnswerAsync(Correlation + "0022 00000000", Handshake);
        Assert.StartsWith(Correlation + "0022", await _client.AskAsync(Authenticate0("\0stock\0stock-secret")), StringComparison.Ordinal);
        await AssertServesAsync();
    }

    [Fact]
    public async Task ApiVersions_is_served_to_everybody_before_and_between()
    {
        Assert.StartsWith(Correlation + "0000", await _client.AskAsync(ApiVersions), StringComparison.Ordinal);
        Assert.StartsWith(Correlation + "0023", await _client.AskAsync("0012 0063" + Header + "00"), StringComparison.Ordinal);
        await AssertAnswerAsync(HandshakeTaken, Handshake);
        Assert.StartsWith(Correlation + "0000", await _client.AskAsync(ApiVersions), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0003 0004" + Header + "ffffffff 00")] // Metadata
    [InlineData("0016 0000" + Header + "ffff 00001388")] // InitProducerId
    [InlineData("7fff 0000" + Header)]
    public async Task Any_other_request_before_ends_the_connection(string request)
    {
        await _client.AskAsync(Handshake);
        await _client.SendAsync(request);
        Assert.Null(await _client.ReceiveAsync());
    }

    [Fact]
    public async Task Frame_of_more_than_half_a_mebibyte_before_ends_the_connection()
    {
        await _client.SendBytesAsync([0, 8, 0, 1]);
        Assert.Null(await _client.ReceiveAsync());
    }

    [Fact]
    public async Task Connection_that_never_authenticates_is_closed_after_the_transfer_timeout()
    {
        await _client.AskAsync(Handshake);
        Assert.Null(await _client.ReceiveAsync());
    }

    private static string Bytes(string text) => $"{Encoding.UTF8.GetByteCount(text):x8}{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}";

    private static string Authenticate0(string token) => "0024 0000" + Header + Bytes(token);

    private async Task AssertAnswerAsync(string expected, string request) =>
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), await _client.AskAsync(request), ignoreCase: true);

    private async Task AssertServesAsync() =>
        Assert.StartsWith(Correlation, await _client.AskAsync("0003 0004" + Header + "ffffffff 00"), StringComparison.Ordinal);
}
