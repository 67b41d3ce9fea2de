using System.Net;
using StockAspire.Dashboard.Frontend;
using StockAspire.Dashboard.Tests.Harness;

namespace StockAspire.Dashboard.Tests.Frontend;

/// <summary>The process as the AppHost starts it, asked by a client that is no browser.</summary>
public sealed class LoginTests(LoginTests.Running running) : IClassFixture<LoginTests.Running>
{
    public sealed class Running : IAsyncLifetime
    {
        internal DashboardProcess Dashboard { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Dashboard = await DashboardProcess.StartAsync(DashboardProcess.Environment());

        public async ValueTask DisposeAsync() => await Dashboard.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_cookie_a_page_leads_to_the_login_and_back()
    {
        using var http = Client();
        using var answer = await GetAsync(http, "/resources?view=graph", "text/html");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/login?returnUrl=%2Fresources%3Fview%3Dgraph", answer.Headers.Location?.OriginalString);

        using var signedIn = await http.GetAsync(new Uri($"/login?t={DashboardProcess.Token}&returnUrl=%2Fresources%3Fview%3Dgraph", UriKind.Relative));
        Assert.Equal("/resources?view=graph", signedIn.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(http, "/resources?view=graph", "text/html")).StatusCode);
    }

    [Theory]
    [InlineData("/_blazor/negotiate")]
    [InlineData("/console/download?resource=kafka")]
    [InlineData("/no/such/page")]
    public async Task Without_a_cookie_nothing_else_answers(string path)
    {
        using var http = Client();
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task The_cookie_is_out_of_the_reach_of_scripts_and_other_sites_and_is_not_the_token()
    {
        using var http = Client();
        using var answer = await http.GetAsync(new Uri($"/login?t={DashboardProcess.Token}", UriKind.Relative));
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(DashboardProcess.Token, cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdeF")]
    [InlineData("0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    public async Task A_wrong_token_gets_a_form_that_says_where_the_right_one_is(string token)
    {
        using var http = Client();
        using var answer = await http.GetAsync(new Uri($"/login?t={token}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("not the token of this run", page, StringComparison.Ordinal);
        Assert.Contains("The AppHost prints a link", page, StringComparison.Ordinal);
        Assert.DoesNotContain(DashboardProcess.Token, page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await GetAsync(http, "/", "text/html")).StatusCode);
    }

    [Fact]
    public async Task The_form_signs_in()
    {
        using var http = Client();
        using var form = new FormUrlEncodedContent([new("t", $" {DashboardProcess.Token} "), new("returnUrl", "/console")]);
        using var answer = await http.PostAsync(new Uri("/login", UriKind.Relative), form);
        Assert.Equal("/console", answer.Headers.Location?.OriginalString);
        Assert.True(answer.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("/resources?view=graph", true)]
    [InlineData("/", true)]
    [InlineData("//evil.example", false)]
    [InlineData("/\\evil.example", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("/a\nb", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void The_way_back_never_leaves_this_site(string? url, bool isLocal) => Assert.Equal(isLocal, Login.IsLocal(url));

    [Theory]
    [InlineData("/_content/MudBlazor/MudBlazor.min.css", "text/css")]
    [InlineData("/_content/MudBlazor/MudBlazor.min.js", "text/javascript")]
    [InlineData("/_framework/blazor.web.js", "text/javascript")]
    [InlineData("/dashboard.css", "text/css")]
    [InlineData("/login.css", "text/css")]
    public async Task What_the_pages_need_is_served_from_an_unpublished_build(string path, string type)
    {
        using var http = Client();
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Every_answer_tells_the_browser_what_it_must_not_do()
    {
        using var http = Client();
        using var answer = await http.GetAsync(new Uri("/login", UriKind.Relative));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task A_page_of_another_site_gets_nothing()
    {
        using var http = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/_framework/blazor.web.js");
        request.Headers.Add("Origin", "http://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(request)).StatusCode);

        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/health");
        rebound.Headers.Host = "evil.example";
        Assert.Equal(HttpStatusCode.BadRequest, (await http.SendAsync(rebound)).StatusCode);
    }

    [Fact]
    public async Task Health_is_told_without_a_cookie()
    {
        using var http = Client();
        Assert.Equal("Healthy", await http.GetStringAsync(new Uri("/health", UriKind.Relative)));
    }

    private HttpClient Client() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new Uri(running.Dashboard.Url) };

    private static async Task<HttpResponseMessage> GetAsync(HttpClient http, string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", accept);
        return await http.SendAsync(request);
    }
}
