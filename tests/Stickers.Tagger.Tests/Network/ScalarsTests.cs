using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Stickers.Tagger.Tests.Network;

public sealed class ScalarsTests
{
    /// <summary>Why: see <c>Scalars</c>. Static fields convert once; everything that runs per batch must not.</summary>
    [Fact]
    public void Tagger_TensorOperations_MakeNoTemporaryScalars()
    {
        using var file = File.OpenRead(typeof(StickerModel).Assembly.Location);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        var tensorOperators = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(m => m.Parent.Kind == HandleKind.TypeReference)
            .Select(m => (Type: metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)m.Parent).Name), Name: metadata.GetString(m.Name)))
            .Where(m => m.Type == "Tensor" && m.Name is "op_Addition" or "op_Subtraction" or "op_Multiply" or "op_Division" or "op_UnaryNegation" or "op_GreaterThan" or "op_LessThan")
            .ToArray();

        Assert.Empty(tensorOperators);
        Assert.Equal([], ImplicitScalarsOutsideInitializers(image, metadata));
    }

    /// <summary>Methods, other than constructors and static constructors, whose body converts a number to a Scalar.</summary>
    private static List<string> ImplicitScalarsOutsideInitializers(PEReader image, MetadataReader metadata)
    {
        var conversions = metadata.MemberReferences
            .Where(h => metadata.GetMemberReference(h) is { Parent.Kind: HandleKind.TypeReference } m
                && metadata.GetString(m.Name) == "op_Implicit"
                && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)m.Parent).Name) == "Scalar")
            .Select(h => System.Reflection.Metadata.Ecma335.MetadataTokens.GetToken(h)).ToHashSet();
        Assert.NotEmpty(conversions);
        var found = new List<string>();
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            var name = metadata.GetString(method.Name);
            if (method.RelativeVirtualAddress == 0 || name is ".cctor" or ".ctor") continue;
            var il = image.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!;
            for (var i = 0; i + 5 <= il.Length; i++)
            {
                // 0x28 is call; its operand is the token.
                if (il[i] == 0x28 && conversions.Contains(BitConverter.ToInt32(il, i + 1))) found.Add(name);
            }
        }
        return found;
    }
}
