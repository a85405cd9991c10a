namespace Stickers.Catalogue.Tests.Images.Hostile;

/// <summary>
/// All files of <c>tests/hostile</c>. They are kept in the repository, because what a compressor writes may differ between
/// versions; run the explicit test <see cref="HostileFilesTests.Write_AllFiles_ReplacesTheFolder"/> after changing this list.
/// </summary>
internal static class HostileCorpus
{
    public static IReadOnlyList<HostileFile> Build() =>
    [
        .. HostileOther.Files(),
        .. HostilePng.Files(),
        .. HostileApng.Files(),
        .. HostileJpeg.Files(),
        .. HostileWebP.Files(),
        .. HostileGif.Files(),
        .. HostileSvg.Files(),
        .. HostileSvgWork.Files(),
    ];
}
