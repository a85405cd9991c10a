using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Stickers.Architecture.Tests;

public sealed partial class PackageTests
{
    [Fact]
    public void Packages_ThatAreHeavy_StayInTheirRooms()
    {
        var outside = from room in House.Rooms
                      where House.Floors.ContainsKey(room.Name)
                      from package in room.Packages.Concat(room.Frameworks)
                      from fence in House.Fences
                      where package.StartsWith(fence.Package, StringComparison.OrdinalIgnoreCase) && !fence.Rooms.Contains(room.Name)
                      select $"{room.Name} references {package}; only {string.Join(" and ", fence.Rooms)} may";
        Assert.Empty(outside);
    }

    [Fact]
    public void Externs_OfFencedLibraries_StayInTheirRooms()
    {
        var outside = from file in Repository.Files
                      where file.EndsWith(".cs", StringComparison.Ordinal) && !file.StartsWith("tests/", StringComparison.Ordinal)
                      from Match match in NativeImport().Matches(Repository.Read(file))
                      from fence in House.NativeFences
                      where match.Value.Contains(fence.Library, StringComparison.OrdinalIgnoreCase) && !file.StartsWith(fence.Room + "/", StringComparison.Ordinal)
                      select $"{file}: {match.Value}";
        Assert.Empty(outside);
    }

    [Fact]
    public void PackageReferences_Everywhere_TakeTheCentralVersion()
    {
        var central = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion").Select(item => (string?)item.Attribute("Include")).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var projects = Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) || file.EndsWith(".props", StringComparison.Ordinal));
        var wrong = from file in projects
                    from item in XDocument.Parse(Repository.Read(file)).Descendants("PackageReference")
                    let name = (string?)item.Attribute("Include") ?? (string?)item.Attribute("Update")
                    where item.Attribute("Version") is not null || item.Attribute("VersionOverride") is not null || !central.Contains(name)
                    select $"{file}: {name}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void LockFiles_HoldNoAddress()
    {
        var locks = Repository.Files.Where(file => Path.GetFileName(file) == "packages.lock.json");
        Assert.DoesNotContain(locks, file => Repository.Read(file).Contains("://", StringComparison.Ordinal));
    }

    /// <summary>The first argument of an extern, or the constant that holds it in the same file.</summary>
    [GeneratedRegex("""(?:LibraryImport|DllImport)\(\s*[^,)\s]+|const\s+string\s+Library\s*=\s*"[^"]+""")]
    private static partial Regex NativeImport();
}
