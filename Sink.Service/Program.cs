using StockAspire.ServiceDefaults;
using StockAspire.Sink;
using StockAspire.TickStore;
using StockAspire.TickStore.Cassandra;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTickStore(readOnly: false, CassandraTickStores.Provider);
builder.AddTickSink();

var app = builder.Build();
app.MapDefaultEndpoints();
return await app.RunServiceAsync();
