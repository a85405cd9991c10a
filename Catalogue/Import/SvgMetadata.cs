using System.Xml;
using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Import;

/// <summary>
/// What an SVG says about itself in RDF: <c>dc:title</c>, the words of <c>dc:subject</c>, the agent of <c>dc:creator</c>, the work's <c>dc:date</c>
/// (Dublin Core, as Inkscape and Open Clip Art write it).
/// </summary>
internal sealed record SvgMetadata(string? Title, string? Creator, IReadOnlyList<string> Tags, DateTime? Created)
{
    private const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private const string DublinCore = "http://purl.org/dc/elements/1.1/";
    private const int MaxTextLength = 1000;
    private const int MaxTags = 1000;

    private static readonly SvgMetadata None = new(null, null, [], null);

    /// <summary>Never fails: where the XML breaks, what was read before counts.</summary>
    internal static SvgMetadata Read(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        var found = new Collector();
        try
        {
            using var reader = SvgSource.Open(file, limits);
            found.Read(reader);
        }
        catch (Exception fault) when (fault is XmlException or ImageException)
        {
            // The picture itself decides whether the file is accepted.
        }

        return found.Title is null && found.Creator is null && found.Tags.Count == 0 && found.Created is null ? None : new SvgMetadata(found.Title, found.Creator, found.Tags, found.Created);
    }

    private sealed class Collector
    {
        internal string? Title { get; private set; }

        internal string? Creator { get; private set; }

        internal List<string> Tags { get; } = [];

        internal DateTime? Created { get; private set; }

        internal void Read(XmlReader reader)
        {
            var path = new Stack<(string Namespace, string Name)>();
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element when !reader.IsEmptyElement:
                        path.Push((reader.NamespaceURI, reader.LocalName));
                        break;
                    case XmlNodeType.EndElement:
                        path.Pop();
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA when path.Count > 0:
                        Take(path, reader.Value.Trim());
                        break;
                    default:
                        break;
                }
            }
        }

        private void Take(Stack<(string Namespace, string Name)> path, string text)
        {
            if (text.Length is 0 or > MaxTextLength || !path.Contains((Rdf, "RDF"))) return;
            var element = path.Peek();
            if (element == (Rdf, "li") && path.Contains((DublinCore, "subject")))
            {
                if (Tags.Count < MaxTags) Tags.Add(text);
            }
            else if (element == (DublinCore, "title"))
            {
                // Publishers, contributors and rights holders have titles as well.
                var parent = path.ElementAt(1);
                if (parent.Name == "Work") Title ??= text;
                else if (path.Contains((DublinCore, "creator"))) Creator ??= text;
            }
            else if (element == (DublinCore, "creator"))
            {
                Creator ??= text;
            }
            else if (element == (DublinCore, "date") && path.ElementAt(1).Name == "Work")
            {
                // What is no date says nothing: such files come from many programs.
                Created ??= CreationTime.Read(text);
            }
        }
    }
}
