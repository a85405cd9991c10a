using System.IO.Compression;
using Stickers.Catalogue.Images;
using Stickers.Catalogue.Import;
using Stickers.Storage;

namespace Stickers.Catalogue.Tests.Import;

/// <summary>A source folder and a store, both temporary.</summary>
internal sealed class ImportFixture : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    public ImportFixture()
    {
        Source = Path.Combine(_temporary.Store.Root, "source");
        Directory.CreateDirectory(Source);
        Store = new LocalStore(Path.Combine(_temporary.Store.Root, "store"));
    }

    /// <summary>Folder to put files into; its name is "source".</summary>
    public string Source { get; }

    public LocalStore Store { get; }

    public CatalogueImportOptions Options => new() { Name = "c", Sources = [Source], Workers = 2 };

    public void Dispose() => _temporary.Dispose();

    /// <summary>A small picture in a colour of its own.</summary>
    public static byte[] Png(int colour = 1, int width = 8, int height = 6)
    {
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < pixels.Length; i += 4) (pixels[i], pixels[i + 1], pixels[i + 2], pixels[i + 3]) = ((byte)colour, (byte)(colour >> 8), (byte)i, 255);
        return ImageDecoder.EncodePng(new RasterImage(width, height, pixels));
    }

    public string Put(string path, byte[] content)
    {
        var full = Path.Combine(Source, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        return full;
    }

    public string Put(string path, string content) => Put(path, System.Text.Encoding.UTF8.GetBytes(content));

    public string PutZip(string path, params (string Name, byte[] Content)[] entries)
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(content);
            }
        }

        return Put(path, bytes.ToArray());
    }

    public async Task<(CatalogueManifest Manifest, List<Sticker> Stickers, List<QuarantinedFile> Quarantine)> ImportAsync(CatalogueImportOptions? options = null)
    {
        var token = TestContext.Current.CancellationToken;
        var manifest = await CatalogueImport.RunAsync(Store, options ?? Options, cancellation: token);
        var catalogue = await StickerCatalogue.OpenAsync(Store, manifest.Name, token);
        var stickers = await catalogue.ReadAsync(cancellation: token).ToListAsync(token);
        var quarantine = await catalogue.ReadQuarantineAsync(token).ToListAsync(token);
        Assert.Equal((stickers.Count, quarantine.Count, stickers.Count + quarantine.Count), (manifest.Written, manifest.Quarantined, manifest.Read));
        return (manifest, stickers, quarantine);
    }
}
