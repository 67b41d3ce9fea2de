using StockAspire.Dashboard;
using StockAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddDashboard();

var app = builder.Build();
app.MapDashboard();
return await app.RunServiceAsync();
