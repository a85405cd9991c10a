namespace MpiNet;

/// <summary>Where a message came from and how long it is (MPI_Status).</summary>
/// <param name="Source">Rank of the sender.</param>
/// <param name="Tag">Its tag.</param>
/// <param name="Count">Number of elements, of the type that was asked for.</param>
public readonly record struct Message(int Source, int Tag, int Count);
