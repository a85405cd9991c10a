using System.Globalization;
using Stickers.Cli;

// Numbers read and written by this program look the same wherever it runs.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;

return await StickersProgram.RunAsync(args);
