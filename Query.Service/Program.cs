using StockAspire.Query;
using StockAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTickQueries();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapTickQueries();
return await app.RunServiceAsync();
