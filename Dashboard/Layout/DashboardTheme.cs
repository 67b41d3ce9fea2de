using MudBlazor;

namespace StockAspire.Dashboard.Layout;

/// <summary>Colours with a contrast of at least 4.5 on their backgrounds, and the system's own fonts: none is fetched.</summary>
internal static class DashboardTheme
{
    private static readonly string[] Fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#1d5fbf",
            AppbarBackground = "#ffffff",
            AppbarText = "#1c2430",
            Background = "#f4f6f9",
            Surface = "#ffffff",
            DrawerBackground = "#ffffff",
            DrawerText = "#3a4656",
            DrawerIcon = "#5b6878",
            TextPrimary = "#1c2430",
            TextSecondary = "#55606e",
            Success = "#1a7f4b",
            Warning = "#a15c00",
            Error = "#c62828",
            Info = "#1d5fbf",
            LinesDefault = "#dde2e9",
            TableLines = "#e6eaf0",
            Divider = "#dde2e9",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#7db3ff",
            AppbarBackground = "#161b22",
            AppbarText = "#e6ebf2",
            Background = "#0f1318",
            BackgroundGray = "#161b22",
            Surface = "#171c24",
            DrawerBackground = "#161b22",
            DrawerText = "#c4ccd8",
            DrawerIcon = "#93a0b2",
            TextPrimary = "#e6ebf2",
            TextSecondary = "#a3afbf",
            Success = "#4cc38a",
            Warning = "#e8a33d",
            Error = "#ff7b72",
            Info = "#7db3ff",
            LinesDefault = "#2a313c",
            TableLines = "#252c36",
            Divider = "#2a313c",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px", DrawerWidthLeft = "190px", AppbarHeight = "48px" },
        Typography = new Typography { Default = new DefaultTypography { FontFamily = Fonts, FontSize = ".875rem" } },
    };
}
