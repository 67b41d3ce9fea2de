using StockAspire.ServiceDefaults;
using StockAspire.Sink;
using StockAspire.TickStore;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTickStore();
builder.AddTickSink();

var app = builder.Build();
app.MapDefaultEndpoints();
return await app.RunServiceAsync();
