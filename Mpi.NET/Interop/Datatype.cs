namespace MpiNet.Interop;

/// <summary>The <c>mpinet_type</c> of an element type.</summary>
internal static class Datatype<T> where T : unmanaged
{
    private const int None = -1;

    private static readonly int Number =
        typeof(T) == typeof(sbyte) ? 0
        : typeof(T) == typeof(byte) ? 1
        : typeof(T) == typeof(short) ? 2
        : typeof(T) == typeof(ushort) ? 3
        : typeof(T) == typeof(int) ? 4
        : typeof(T) == typeof(uint) ? 5
        : typeof(T) == typeof(long) ? 6
        : typeof(T) == typeof(ulong) ? 7
        : typeof(T) == typeof(float) ? 8
        : typeof(T) == typeof(double) ? 9
        : None;

    /// <summary>
    /// As <see cref="Value"/>, for types that can be reduced. The unsigned ones cannot: MPICH 4.0.2 compares them all as signed, Open MPI 4.1.4
    /// one of its 64-bit ones. Small ones cannot either: nobody should sum into a byte.
    /// </summary>
    /// <exception cref="NotSupportedException">The type cannot be reduced.</exception>
    public static int Reducible => typeof(T) == typeof(int) || typeof(T) == typeof(long) || typeof(T) == typeof(float) || typeof(T) == typeof(double)
        ? Number
        : throw new NotSupportedException($"{typeof(T)} cannot be reduced; int, long, float and double can.");

    /// <exception cref="NotSupportedException">MPI has no such type.</exception>
    public static int Value => Number != None
        ? Number
        : throw new NotSupportedException($"{typeof(T)} is none of MPI's types; the integers of 8 to 64 bits, float and double are. Send a struct as bytes: MemoryMarshal.AsBytes.");
}
