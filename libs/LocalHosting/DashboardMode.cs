namespace StockAspire.LocalHosting;

/// <summary><c>AppHost:Dashboard</c>.</summary>
internal enum DashboardMode
{
    /// <summary>The resource service is there all the same, for a dashboard that is started otherwise.</summary>
    None,

    /// <summary>The one that is built with the AppHost, as a child of it.</summary>
    Embedded,
}
