using StockAspire.Dashboard;
using StockAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddDashboard();

var app = builder.Build();
app.MapDashboard();
return await app.RunServiceAsync();
