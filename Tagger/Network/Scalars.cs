using TorchSharp;

namespace Stickers.Tagger.Network;

/// <summary>
/// Scalars that outlive every call that uses them. TorchSharp 0.107 turns a number, and the hidden alpha of <c>a + b</c>, into a
/// temporary <see cref="Scalar"/> and passes only its handle down; a garbage collection during the native call may finalize it there
/// and the operation reads freed memory. So no tensor operation here takes a number, an operator or an overload (of <c>add</c> without alpha) that makes such a temporary.
/// </summary>
internal static class Scalars
{
    /// <summary>1, the alpha of a plain addition.</summary>
    public static readonly Scalar One = 1f;
}
