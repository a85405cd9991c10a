using MpiNet.Interop;

namespace MpiNet;

public sealed unsafe partial class Communicator
{
    /// <summary>Waits for all ranks (MPI_Barrier).</summary>
    public void Barrier() => Native.Check(Native.mpinet_barrier(_handle), "MPI_Barrier");

    /// <summary>Gives the root's elements to all ranks (MPI_Bcast).</summary>
    /// <param name="data">n elements, the same n on every rank; filled on all but the root.</param>
    /// <param name="root">Rank whose elements they are.</param>
    public void Bcast<T>(Span<T> data, int root) where T : unmanaged
    {
        fixed (T* p = data)
            Bcast(p, data.Length, root);
    }

    /// <summary>As <see cref="Bcast{T}(Span{T}, int)"/> for memory that no span can hold.</summary>
    /// <param name="data">Memory of <paramref name="count"/> elements, fixed.</param>
    /// <param name="count">Number of elements, beyond 2^31 too: then they go in pieces.</param>
    /// <param name="root">Rank whose elements they are.</param>
    public void Bcast<T>(T* data, long count, int root) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CheckRank(root);
        Native.Check(Native.mpinet_bcast(_handle, data, count, Datatype<T>.Value, root), "MPI_Bcast");
    }

    /// <summary>Replaces each element, on every rank, by the sum, maximum or minimum of that element over all ranks (MPI_Allreduce, in place).</summary>
    /// <param name="data">n elements of int, long, float or double, the same n on every rank.</param>
    /// <param name="operation">What is made of them.</param>
    public void Allreduce<T>(Span<T> data, ReduceOperation operation) where T : unmanaged
    {
        fixed (T* p = data)
            Allreduce(p, data.Length, operation);
    }

    /// <summary>As <see cref="Allreduce{T}(Span{T}, ReduceOperation)"/> for memory that no span can hold.</summary>
    /// <param name="data">Memory of <paramref name="count"/> elements, fixed.</param>
    /// <param name="count">Number of elements, beyond 2^31 too.</param>
    /// <param name="operation">What is made of them.</param>
    public void Allreduce<T>(T* data, long count, ReduceOperation operation) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Native.Check(Native.mpinet_allreduce(_handle, data, count, Datatype<T>.Reducible, Checked(operation)), "MPI_Allreduce");
    }

    /// <summary>The sum, maximum or minimum of one element over all ranks.</summary>
    /// <param name="value">This rank's element: int, long, float or double.</param>
    /// <param name="operation">What is made of them.</param>
    public T Allreduce<T>(T value, ReduceOperation operation) where T : unmanaged
    {
        Allreduce(&value, 1, operation);
        return value;
    }

    /// <summary>As <see cref="Allreduce{T}(Span{T}, ReduceOperation)"/>, but only the root gets the result (MPI_Reduce).</summary>
    /// <param name="send">n elements of int, long, float or double, the same n on every rank.</param>
    /// <param name="receive">n elements at the root, apart from <paramref name="send"/>; elsewhere none.</param>
    /// <param name="operation">What is made of them.</param>
    /// <param name="root">Rank that gets the result.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Reduce<T>(ReadOnlySpan<T> send, Span<T> receive, ReduceOperation operation, int root) where T : unmanaged
    {
        CheckRank(root);
        if (Rank == root)
        {
            CheckLength(receive.Length, send.Length, nameof(receive));
            CheckApart(send, receive);
        }

        fixed (T* from = send, to = receive)
            Native.Check(Native.mpinet_reduce(_handle, from, Rank == root ? to : null, send.Length, Datatype<T>.Reducible, Checked(operation), root), "MPI_Reduce");
    }

    /// <summary>Gives each rank its part of the root's elements (MPI_Scatter).</summary>
    /// <param name="send">n x <see cref="Size"/> elements at the root, rank i's at [i*n, (i+1)*n); ignored elsewhere.</param>
    /// <param name="receive">Filled with n elements, the same n on every rank.</param>
    /// <param name="root">Rank whose elements they are.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Scatter<T>(ReadOnlySpan<T> send, Span<T> receive, int root) where T : unmanaged
    {
        CheckRank(root);
        if (Rank == root)
        {
            CheckLength(send.Length, (long)receive.Length * Size, nameof(send));
            CheckApart(send, receive);
        }

        fixed (T* from = send, to = receive)
            Native.Check(Native.mpinet_scatter(_handle, from, to, receive.Length, Datatype<T>.Value, root), "MPI_Scatter");
    }

    /// <summary>As <see cref="Scatter"/>, with parts of different length (MPI_Scatterv).</summary>
    /// <param name="send">At the root, the parts of all ranks one after the other; ignored elsewhere.</param>
    /// <param name="counts">At the root, each rank's number of elements; ignored elsewhere.</param>
    /// <param name="receive">Filled with this rank's part; as long as the root says.</param>
    /// <param name="root">Rank whose elements they are.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Scatterv<T>(ReadOnlySpan<T> send, ReadOnlySpan<int> counts, Span<T> receive, int root) where T : unmanaged
    {
        CheckRank(root);
        int[] starts = [];
        if (Rank == root)
        {
            starts = StartsOf(counts, receive.Length, send.Length, nameof(send));
            CheckApart(send, receive);
        }

        fixed (T* from = send, to = receive)
        fixed (int* n = counts, at = starts)
            Native.Check(Native.mpinet_scatterv(_handle, from, n, at, to, receive.Length, Datatype<T>.Value, root), "MPI_Scatterv");
    }

    /// <summary>Brings all ranks' elements to the root (MPI_Gather).</summary>
    /// <param name="send">n elements, the same n on every rank.</param>
    /// <param name="receive">At the root filled with n x <see cref="Size"/> elements, rank i's at [i*n, (i+1)*n); ignored elsewhere.</param>
    /// <param name="root">Rank that gets them.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Gather<T>(ReadOnlySpan<T> send, Span<T> receive, int root) where T : unmanaged
    {
        CheckRank(root);
        if (Rank == root)
        {
            CheckLength(receive.Length, (long)send.Length * Size, nameof(receive));
            CheckApart(send, receive);
        }

        fixed (T* from = send, to = receive)
            Native.Check(Native.mpinet_gather(_handle, from, to, send.Length, Datatype<T>.Value, root), "MPI_Gather");
    }

    /// <summary>As <see cref="Gather"/>, with parts of different length (MPI_Gatherv).</summary>
    /// <param name="send">This rank's part.</param>
    /// <param name="receive">At the root filled with the parts of all ranks one after the other; ignored elsewhere.</param>
    /// <param name="counts">At the root, each rank's number of elements; ignored elsewhere.</param>
    /// <param name="root">Rank that gets them.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Gatherv<T>(ReadOnlySpan<T> send, Span<T> receive, ReadOnlySpan<int> counts, int root) where T : unmanaged
    {
        CheckRank(root);
        int[] starts = [];
        if (Rank == root)
        {
            starts = StartsOf(counts, send.Length, receive.Length, nameof(receive));
            CheckApart(send, receive);
        }

        fixed (T* from = send, to = receive)
        fixed (int* n = counts, at = starts)
            Native.Check(Native.mpinet_gatherv(_handle, from, send.Length, to, n, at, Datatype<T>.Value, root), "MPI_Gatherv");
    }

    /// <summary>Brings all ranks' elements to all ranks (MPI_Allgather).</summary>
    /// <param name="send">n elements, the same n on every rank.</param>
    /// <param name="receive">Filled with n x <see cref="Size"/> elements, rank i's at [i*n, (i+1)*n).</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public void Allgather<T>(ReadOnlySpan<T> send, Span<T> receive) where T : unmanaged
    {
        CheckLength(receive.Length, (long)send.Length * Size, nameof(receive));
        CheckApart(send, receive);
        fixed (T* from = send, to = receive)
            Native.Check(Native.mpinet_allgather(_handle, from, to, send.Length, Datatype<T>.Value), "MPI_Allgather");
    }

    /// <summary>One element of every rank, in the order of ranks.</summary>
    /// <param name="value">This rank's element.</param>
    public T[] Allgather<T>(T value) where T : unmanaged
    {
        var all = new T[Size];
        Allgather<T>([value], all);
        return all;
    }

    /// <summary>As <see cref="Allgather{T}(ReadOnlySpan{T}, Span{T})"/>, with parts of different length (MPI_Allgatherv).</summary>
    /// <param name="send">This rank's part.</param>
    /// <param name="receive">Filled with the parts of all ranks one after the other.</param>
    /// <param name="counts">Each rank's number of elements, the same on every rank; <see cref="Allgather{T}(T)"/> tells them.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public void Allgatherv<T>(ReadOnlySpan<T> send, Span<T> receive, ReadOnlySpan<int> counts) where T : unmanaged
    {
        var starts = StartsOf(counts, send.Length, receive.Length, nameof(receive));
        CheckApart(send, receive);
        fixed (T* from = send, to = receive)
        fixed (int* n = counts, at = starts)
            Native.Check(Native.mpinet_allgatherv(_handle, from, send.Length, to, n, at, Datatype<T>.Value), "MPI_Allgatherv");
    }

    private static int Checked(ReduceOperation operation) => operation is ReduceOperation.Sum or ReduceOperation.Max or ReduceOperation.Min
        ? (int)operation
        : throw new ArgumentOutOfRangeException(nameof(operation), operation, "Sum, Max or Min.");

    private static void CheckLength(int found, long expected, string name)
    {
        if (found != expected)
            throw new ArgumentException($"{expected} elements are needed, but {found} were given.", name);
    }

    /// <summary>MPI forbids that what is sent and what is received share memory.</summary>
    private static void CheckApart<T>(ReadOnlySpan<T> send, ReadOnlySpan<T> receive)
    {
        if (send.Overlaps(receive))
            throw new ArgumentException("It overlaps what is sent.", nameof(receive));
    }

    /// <summary>Where each rank's part begins, once the counts fit this rank's own part and the buffer of all.</summary>
    private int[] StartsOf(ReadOnlySpan<int> counts, int own, int all, string name)
    {
        if (counts.Length != Size)
            throw new ArgumentException($"{Size} ranks need {Size} counts, but {counts.Length} were given.", nameof(counts));
        var starts = new int[Size];
        long sum = 0;
        for (var rank = 0; rank < Size; rank++)
        {
            if (counts[rank] < 0)
                throw new ArgumentException($"The count of rank {rank} is {counts[rank]}.", nameof(counts));
            starts[rank] = (int)Math.Min(sum, int.MaxValue);
            sum += counts[rank];
        }

        CheckLength(all, sum, name);
        if (counts[Rank] != own)
            throw new ArgumentException($"The count of this rank, {Rank}, is {counts[Rank]}, but its part has {own} elements.", nameof(counts));
        return starts;
    }
}
