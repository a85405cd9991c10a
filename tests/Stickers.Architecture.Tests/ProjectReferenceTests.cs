namespace Stickers.Architecture.Tests;

public sealed class ProjectReferenceTests
{
    [Fact]
    public void Projects_OutsideTests_StandInThePicture()
    {
        Assert.NotEmpty(House.Rooms);
        var strangers = House.Rooms.Where(room => !House.Floors.ContainsKey(room.Name) && !IsWorkshop(room)).Select(room => room.Project);
        Assert.Empty(strangers);
    }

    [Fact]
    public void ProjectReferences_OfEveryRoom_PointDownward()
    {
        var wrong = from room in House.Rooms
                    where House.Floors.ContainsKey(room.Name)
                    from target in room.References
                    where !House.Floors.TryGetValue(target, out var floor) || floor >= House.Floors[room.Name]
                    select $"{room.Name} -> {target}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void ProjectReferences_OfBindings_AreNone()
    {
        var knowing = House.Rooms.Where(room => room.Name is "Faiss.NET" or "Mpi.NET" && room.References.Count > 0).Select(room => room.Name);
        Assert.Empty(knowing);
    }

    [Fact]
    public void Solution_HoldsEveryProject()
    {
        var solution = Repository.Read("Stickers.sln").Replace('\\', '/');
        var forgotten = Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) && !solution.Contains($"\"{file}\"", StringComparison.Ordinal));
        Assert.Empty(forgotten);
    }

    /// <summary>Benchmarks, notebooks and samples stand beside the house and may use any room.</summary>
    private static bool IsWorkshop(Room room) => room.Name.StartsWith("bench", StringComparison.Ordinal) || room.Name.StartsWith("notebooks", StringComparison.Ordinal) || room.Name == "samples";
}
