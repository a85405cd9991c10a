using Stickers.Cli;

return await StickersProgram.RunAsync(args);
