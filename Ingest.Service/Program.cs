using StockAspire.Ingest;
using StockAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTickIngest();

var app = builder.Build();
app.MapTickIngest();
app.MapDefaultEndpoints();
return await app.RunServiceAsync();
