using MpiNet;

namespace Stickers.Bench;

/// <summary>One of the two ranks; the same steps as <c>mpi_peer.c</c>.</summary>
internal static class MpiRank
{
    public const string Word = "mpi-rank";

    private const int Floats = 45_000_000 / sizeof(float);

    public static int Run()
    {
        Mpi.Run(world =>
        {
            var data = new float[Floats];
            Allreduce(world, data);
            PingPong(world, "message-8B", new byte[8], rounds: 20_000);
            PingPong(world, "message-1MB", new byte[1 << 20], rounds: 200);
        });
        return 0;
    }

    private static void Allreduce(Communicator world, float[] data)
    {
        var best = double.MaxValue;
        for (var round = 0; round < 12; round++)
        {
            data.AsSpan().Fill(1);
            world.Barrier();
            var start = Mpi.Wtime();
            world.Allreduce<float>(data, ReduceOperation.Sum);
            var seconds = Mpi.Wtime() - start;
            if (data[^1] != world.Size || data[0] != world.Size) throw new InvalidOperationException("The sum is wrong.");
            if (round >= 2) best = Math.Min(best, seconds);
        }

        Report(world, "allreduce", best);
    }

    private static void PingPong(Communicator world, string name, byte[] data, int rounds)
    {
        var best = double.MaxValue;
        for (var repeat = 0; repeat < 6; repeat++)
        {
            world.Barrier();
            var start = Mpi.Wtime();
            for (var i = 0; i < rounds; i++)
            {
                if (world.Rank == 0)
                {
                    world.Send<byte>(data, 1);
                    world.Recv<byte>(data, 1);
                }
                else
                {
                    world.Recv<byte>(data, 0);
                    world.Send<byte>(data, 0);
                }
            }

            var seconds = (Mpi.Wtime() - start) / rounds / 2;
            if (repeat > 0) best = Math.Min(best, seconds);
        }

        Report(world, name, best);
    }

    private static void Report(Communicator world, string name, double seconds)
    {
        if (world.Rank == 0) Console.WriteLine($"{name} {seconds:F9}");
    }
}
