using System.Diagnostics;

namespace MpiNet.Tests.Programs;

/// <summary>Rank 1 fails while all others wait for it in a barrier.</summary>
internal static class FailingPrograms
{
    public const int Failing = 1;

    public static void Run(string name, Communicator world)
    {
        Console.WriteLine($"process {Environment.ProcessId}");
        if (world.Rank != Failing)
        {
            world.Send<byte>([1], Failing);
            world.Barrier();
            return;
        }

        for (var others = world.Size - 1; others > 0; others--) world.Recv<byte>(new byte[1]);
        switch (name)
        {
            case "throw":
                throw new InvalidDataException("the ninth sticker is upside down");
            case "throw-through-finally":
                try
                {
                    throw new InvalidDataException("thrown inside a try");
                }
                finally
                {
                    // Nobody else comes to this one: a job that gets here hangs.
                    world.Recv<byte>(new byte[1], Failing);
                }

            case "throw-after-await":
                ThrowLaterAsync().GetAwaiter().GetResult();
                break;
            case "throw-in-thread":
                var thread = new Thread(() => throw new InvalidDataException("thrown on another thread"));
                thread.Start();
                thread.Join();
                break;
            case "exit-3":
                Environment.Exit(3);
                break;
            case "exit-0":
                Environment.Exit(0);
                break;
            case "abort-7":
                world.Abort(7);
                break;
            case "kill":
                Process.GetCurrentProcess().Kill();
                break;
            default:
                throw new ArgumentException($"No program is named {name}.", nameof(name));
        }
    }

    private static async Task ThrowLaterAsync()
    {
        await Task.Yield();
        throw new InvalidDataException("thrown after an await");
    }
}
