using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019, algorithm 2) over one flat vector: the whole state is two vectors and a step count, so a
/// checkpoint resumes exactly, and a step is ten operations however many layers there are.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.99;
    private const double Epsilon = 1e-8;
    private readonly Tensor _decayMask;

    /// <param name="decayMask">1 where weight decay applies: (n).</param>
    public AdamW(Tensor decayMask)
    {
        _decayMask = decayMask.DetachFromDisposeScope();
        FirstMoment = zeros_like(decayMask).DetachFromDisposeScope();
        SecondMoment = zeros_like(decayMask).DetachFromDisposeScope();
    }

    /// <summary>Running mean of the gradient: (n).</summary>
    public Tensor FirstMoment { get; }

    /// <summary>Running mean of the squared gradient: (n).</summary>
    public Tensor SecondMoment { get; }

    /// <summary>Updates the values in place.</summary>
    /// <param name="values">Parameters: (n).</param>
    /// <param name="gradient">Their gradient: (n).</param>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="weightDecay">Decoupled weight decay.</param>
    public void Step(Tensor values, Tensor gradient, long step, double rate, double weightDecay)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        FirstMoment.mul_(Beta1).add_(gradient, 1 - Beta1);
        SecondMoment.mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
        values.addcmul_(values, _decayMask, -rate * weightDecay);
        var denominator = (SecondMoment / (1 - Math.Pow(Beta2, step))).sqrt_().add_(Epsilon);
        values.addcdiv_(FirstMoment, denominator, -rate / (1 - Math.Pow(Beta1, step)));
    }

    public void Dispose()
    {
        _decayMask.Dispose();
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }
}
