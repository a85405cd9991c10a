using System.Buffers.Binary;
using System.IO.Compression;
using System.Xml;

namespace Stickers.Catalogue.Images;

/// <summary>
/// Opens the XML of an SVG or SVGZ. Entities that the file itself declares are expanded, up to a few kilobytes in all
/// (drawings from Illustrator declare their namespaces so); nothing outside the file is ever opened.
/// </summary>
internal static class SvgSource
{
    public const string Namespace = "http://www.w3.org/2000/svg";
    private const int MaxEntityCharacters = 256 << 10;
    private const int SniffedBytes = 1024;

    /// <summary>Whether this could be XML, plain or compressed: the root element decides later.</summary>
    public static bool Matches(ReadOnlySpan<byte> file)
    {
        if (IsCompressed(file)) return true;
        if (file.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return true;
        if (file.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) file = file[3..];
        return file[..Math.Min(file.Length, SniffedBytes)].TrimStart(" \t\r\n"u8).StartsWith("<"u8);
    }

    /// <summary>The XML text, inflated if need be.</summary>
    /// <exception cref="ImageException">A compressed file is broken, or inflates beyond <see cref="ImageLimits.MaxBytes"/>.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> file, ImageLimits limits) => IsCompressed(file) ? Inflate(file, limits) : file.ToArray();

    /// <summary>A reader of a plain or compressed drawing that has not read yet.</summary>
    public static XmlReader Open(ReadOnlySpan<byte> file, ImageLimits limits) => OpenXml(Unpack(file, limits), limits);

    /// <summary>A reader of XML text that has not read yet.</summary>
    public static XmlReader OpenXml(byte[] xml, ImageLimits limits)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Parse,
            XmlResolver = null,
            MaxCharactersFromEntities = MaxEntityCharacters,
            MaxCharactersInDocument = limits.MaxBytes,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            CloseInput = true,
        };
        return XmlReader.Create(new MemoryStream(xml), settings);
    }

    /// <summary>Truncated where the root's closing tag is missing, else corrupt.</summary>
    public static ImageException Fault(XmlException fault, ReadOnlySpan<byte> xml)
    {
        var whole = xml.LastIndexOf("svg>"u8) >= 0 || xml.LastIndexOf("s\0v\0g\0>"u8) >= 0;
        return new ImageException(whole ? ImageFault.Corrupt : ImageFault.Truncated, $"SVG: {fault.Message}", fault);
    }

    private static bool IsCompressed(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08]);

    private static byte[] Inflate(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        using var inflated = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(file.ToArray()), CompressionMode.Decompress);
        var buffer = new byte[64 << 10];
        try
        {
            for (int read; (read = gzip.Read(buffer)) > 0;)
            {
                inflated.Write(buffer, 0, read);
                if (inflated.Length > limits.MaxBytes)
                    throw new ImageException(ImageFault.TooManyBytes, $"the compressed file holds more than the allowed {limits.MaxBytes} bytes");
            }
        }
        catch (InvalidDataException fault)
        {
            throw new ImageException(ImageFault.Corrupt, $"the gzip data is broken: {fault.Message}", fault);
        }
        // The stream takes an early end for the end; the last four bytes say how long the content is (RFC 1952, 2.3.1).
        if (file.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(file[^4..]) != inflated.Length)
            throw new ImageException(ImageFault.Truncated, $"the gzip data ends after {inflated.Length} bytes of content");
        return inflated.ToArray();
    }
}
