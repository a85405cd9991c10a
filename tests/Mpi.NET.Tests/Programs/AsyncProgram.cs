namespace MpiNet.Tests.Programs;

/// <summary>A program that awaits between calls, and so calls MPI from several threads, one at a time.</summary>
internal static class AsyncProgram
{
    public static async Task<int> RunAsync(Communicator world)
    {
        var sum = 0;
        for (var round = 0; round < 20; round++)
        {
            await Task.Yield();
            sum += world.Allreduce(round, ReduceOperation.Sum);
        }

        Console.WriteLine($"{sum} {RankProgram.Passed} {world.Rank} of {world.Size}");
        return sum == 190 * world.Size ? 0 : 1;
    }
}
