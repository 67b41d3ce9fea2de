namespace StockAspire.TickStore.Cassandra.Tests;

public sealed class CassandraAddressTests
{
    [Fact]
    public void Every_part_is_taken()
    {
        var file = Path.GetTempFileName();
        var address = Parse($"cassandra://me:p%40ss%2Fw%3Ard%3F@one:9142,10.0.0.2,[::1]:9042/market_1?dc=dc%201&replication=3&tls=true&ca={Uri.EscapeDataString(file)}");

        Assert.Equal(["one:9142", "10.0.0.2", "[::1]:9042"], address.ContactPoints);
        Assert.Equal("market_1", address.Keyspace);
        Assert.Equal(("me", "p@ss/w:rd?"), (address.User, address.Password));
        Assert.Equal(("dc 1", 3, true, file), (address.Datacenter, address.Replication, address.IsSecure, address.CaFile));
        Assert.Equal("cassandra://one:9142,10.0.0.2,[::1]:9042/market_1", address.ToString());
        File.Delete(file);
    }

    [Theory]
    [InlineData("cassandra://host/k")]
    [InlineData("CASSANDRA://host/k")]
    [InlineData("cassandra://host/k?")]
    [InlineData("cassandra://host/k?tls=false")]
    public void What_is_left_out_has_its_default(string text)
    {
        var address = Parse(text);
        Assert.Equal((null, null, null, null), (address.User, address.Password, address.Datacenter, address.Replication));
        Assert.False(address.IsSecure);
    }

    [Theory]
    [InlineData("cassandra://", "no host")]
    [InlineData("cassandra:///k", "no host")]
    [InlineData("cassandra://host", "no keyspace")]
    [InlineData("cassandra://host/", "no keyspace")]
    [InlineData("cassandra://host/a-b", "the keyspace must be 1 to 48")]
    [InlineData("cassandra://host/a/b", "the keyspace must be 1 to 48")]
    [InlineData("cassandra://host/k234567890123456789012345678901234567890123456789", "the keyspace must be 1 to 48")]
    [InlineData("cassandra://one,,two/k", "host 2 of 3")]
    [InlineData("cassandra://one:0/k", "host 1 of 1")]
    [InlineData("cassandra://one:70000/k", "host 1 of 1")]
    [InlineData("cassandra://one:port/k", "host 1 of 1")]
    [InlineData("cassandra://[::1/k", "host 1 of 1")]
    [InlineData("cassandra://:secret@host/k", "the user is empty")]
    [InlineData("cassandra://me:@host/k", "the password is empty")]
    [InlineData("cassandra://host/k?replication=0", "replication is \"0\"; it must be 1 to 9")]
    [InlineData("cassandra://host/k?replication=three", "replication is \"three\"")]
    [InlineData("cassandra://host/k?tls=yes", "tls is \"yes\"; it must be true or false")]
    [InlineData("cassandra://host/k?tls=true&ca=/no/such/file.pem", "/no/such/file.pem, which is not there")]
    [InlineData("cassandra://host/k?ca=/proc/version", "ca is given without tls=true")]
    [InlineData("cassandra://host/k?dc=", "dc has no value")]
    [InlineData("cassandra://host/k?dc=a&dc=b", "dc is given twice")]
    [InlineData("cassandra://host/k?datacenter=dc1", "datacenter is unknown")]
    public void A_fault_names_the_key_and_the_part(string text, string expected)
    {
        Assert.False(CassandraAddress.TryParse(text, out _, out var fault));
        Assert.StartsWith("ConnectionStrings:tickstore: ", fault, StringComparison.Ordinal);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    /// <summary>Each of them is cut in a wrong place by a character that the password should not have as it is.</summary>
    [Theory]
    [InlineData("cassandra://me:secret/x@host/k")]
    [InlineData("cassandra://me:123/secret@host/k")]
    [InlineData("cassandra://me:123/secret?secret=secret@host/k")]
    [InlineData("cassandra://me:secret?dc=a@host/k")]
    [InlineData("cassandra://me:se,secret@ho st/k")]
    [InlineData("cassandra://me:secret@@/k")]
    [InlineData("cassandra://me:secret@host/k?replication=many")]
    public void A_fault_never_shows_a_password(string text)
    {
        Assert.False(CassandraAddress.TryParse(text, out _, out var fault));
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
    }

    private static CassandraAddress Parse(string text)
    {
        Assert.True(CassandraAddress.TryParse(text, out var address, out var fault), fault);
        return address;
    }
}
