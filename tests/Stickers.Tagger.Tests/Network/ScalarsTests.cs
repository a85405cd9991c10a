using System.Reflection;
using TorchSharp;

namespace Stickers.Tagger.Tests.Network;

public sealed class ScalarsTests
{
    private const byte Call = 0x28, CallVirtual = 0x6F, NewObject = 0x73;

    /// <summary>Why: see <c>Scalars</c>. Fields convert once; everything that runs per batch must not, nor may it call what does so inside of TorchSharp.</summary>
    [Fact]
    public void Tagger_TensorOperations_MakeNoTemporaryScalars()
    {
        var makers = MakersOfScalars();
        Assert.Contains(typeof(torch.Tensor).GetMethod(nameof(torch.Tensor.add), [typeof(Scalar)])!, makers); // alpha is hidden in it
        var found =
            from method in Methods(typeof(StickerModel).Assembly)
            from called in Calls(method).Distinct()
            where makers.Contains(called) || (called.DeclaringType == typeof(Scalar) && method is not ConstructorInfo)
            select $"{method.DeclaringType}.{method.Name} calls {called.DeclaringType}.{called}";

        Assert.Equal([], found);
    }

    /// <summary>All of TorchSharp that turns a number into a Scalar on the way, at any depth.</summary>
    private static HashSet<MethodBase> MakersOfScalars()
    {
        var calls = Methods(typeof(Scalar).Assembly).Where(method => method.DeclaringType != typeof(Scalar)).ToDictionary(method => method, method => Calls(method).ToArray());
        var makers = calls.Where(pair => pair.Value.Any(called => called.DeclaringType == typeof(Scalar) && called.Name == "op_Implicit")).Select(pair => pair.Key).ToHashSet();
        while (calls.Any(pair => pair.Value.Any(makers.Contains) && makers.Add(pair.Key))) { }
        return makers;
    }

    private static IEnumerable<MethodBase> Methods(Assembly assembly)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        return assembly.GetTypes().SelectMany(type => type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)));
    }

    /// <summary>What a method calls. Bytes are read as if an instruction began at each, which finds too much rather than too little.</summary>
    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il) yield break;
        for (var i = 0; i + 5 <= il.Length; i++)
        {
            if (il[i] is Call or CallVirtual or NewObject && Resolve(method, BitConverter.ToInt32(il, i + 1)) is { } called) yield return called;
        }
    }

    private static MethodBase? Resolve(MethodBase method, int token)
    {
        try
        {
            return method.Module.ResolveMethod(token, method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null, method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
        catch (Exception error) when (error is ArgumentException or BadImageFormatException)
        {
            return null; // no call begins here
        }
    }
}
