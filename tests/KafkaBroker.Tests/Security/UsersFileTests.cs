using System.Text;
using StockAspire.KafkaBroker.Security;

namespace StockAspire.KafkaBroker.Tests.Security;

public sealed class UsersFileTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    private string Users => Path.Combine(_files.Path, "users");

    [Fact]
    public async Task Users_are_known_by_name_and_password()
    {
        TestCertificates.WriteSecret(Users, $"# who may connect\n\n{KafkaBrokerServer.HashUser("a b", "one")}\r\n{KafkaBrokerServer.HashUser("zoë", "p:w$d ü")}\n");
        using var users = BrokerUsers.Load(Users);
        for (var round = 0; round < 2; round++)
        {
            Assert.True(await VerifyAsync(users, "a b", "one"));
            Assert.True(await VerifyAsync(users, "zoë", "p:w$d ü"));
            Assert.False(await VerifyAsync(users, "zoë", "one"));
            Assert.False(await VerifyAsync(users, "nobody", "one"));
            Assert.False(await VerifyAsync(users, "a b", ""));
        }
    }

    [Fact]
    public void Hashes_of_one_password_differ_and_do_not_hold_it()
    {
        var (first, second) = (KafkaBrokerServer.HashUser("a", "secret"), KafkaBrokerServer.HashUser("a", "secret"));
        Assert.NotEqual(first, second);
        Assert.DoesNotContain("secret", first, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stock:stock-secret", "line 1 is not NAME:HASH")]
    [InlineData("\nstock", "line 2 is not NAME:HASH")]
    [InlineData(":pbkdf2-sha512$210000$AAAAAAAAAAAAAAAAAAAAAA==$stock-secret", "line 1 is not NAME:HASH")]
    [InlineData("a:pbkdf2-sha512$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", "line 1 is not NAME:HASH")]
    [InlineData("# nobody\n", "it has no users")]
    public void Line_that_is_no_users_is_named_by_its_number_alone(string content, string problem)
    {
        TestCertificates.WriteSecret(Users, content);
        var e = Assert.Throws<BrokerStartException>(() => BrokerUsers.Load(Users));
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
        Assert.StartsWith($"KafkaBroker:UsersFile is {Users}: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("stock-secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void User_that_is_named_twice_is_refused()
    {
        TestCertificates.WriteSecret(Users, KafkaBrokerServer.HashUser("a", "one") + "\n" + KafkaBrokerServer.HashUser("a", "two"));
        Assert.Contains("line 2 names a user for the second time", Assert.Throws<BrokerStartException>(() => BrokerUsers.Load(Users)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_everybody_can_read_is_refused()
    {
        TestCertificates.WriteSecret(Users, KafkaBrokerServer.HashUser("a", "one"));
        TestCertificates.LetEverybodyRead(Users);
        Assert.Contains("every user of this machine can read it", Assert.Throws<BrokerStartException>(() => BrokerUsers.Load(Users)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_is_not_there_is_named() =>
        Assert.StartsWith($"KafkaBroker:UsersFile is {Users}: ", Assert.Throws<BrokerStartException>(() => BrokerUsers.Load(Users)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "p")]
    [InlineData("a:b", "p")]
    [InlineData("#a", "p")]
    [InlineData(" a", "p")]
    [InlineData("a\nb", "p")]
    [InlineData("a", "")]
    [InlineData("a", "p\0")]
    public void Name_or_password_that_could_not_be_used_is_refused(string name, string password) =>
        Assert.Throws<FormatException>(() => KafkaBrokerServer.HashUser(name, password));

    public void Dispose() => _files.Dispose();

    private static ValueTask<bool> VerifyAsync(BrokerUsers users, string name, string password) =>
        users.VerifyAsync(name, Encoding.UTF8.GetBytes(password), TestContext.Current.CancellationToken);
}
