using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Stickers.Tagger.Tests.Training;

public sealed class AdamWTests
{
    [Theory]
    [InlineData(7, 5)]
    [InlineData(300, 333)] // more than cores take at a time
    public void Step_TwentySteps_FollowsTorchsOwnAdamW(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var start = randn(rows, columns);
        var target = randn(rows, columns);
        var reference = new Parameter(start.clone());
        var theirs = optim.AdamW([reference], lr: 0.02, beta1: 0.9, beta2: 0.99, eps: 1e-8, weight_decay: 0.1);
        var values = start.data<float>().ToArray();
        var goal = target.data<float>().ToArray();
        var ours = new Stickers.Tagger.Training.AdamW([.. Enumerable.Repeat(1f, values.Length)]);

        for (var step = 1; step <= 20; step++)
        {
            theirs.zero_grad();
            (reference - target).pow(2).sum().backward();
            theirs.step();
            ours.Step(values, values.Zip(goal, (v, g) => v - g).ToArray(), gradientScale: 2, step, 0.02, 0.1);
        }

        var difference = values.Zip(reference.detach().data<float>(), (a, b) => Math.Abs(a - b)).Max();
        Assert.True(difference < 1e-5, $"largest difference {difference}");
    }

    [Fact]
    public void Step_MaskedValues_AreNotDecayed()
    {
        float[] values = [1f, 1f];

        new Stickers.Tagger.Training.AdamW([1f, 0f]).Step(values, new float[2], gradientScale: 1, step: 1, rate: 0.5, weightDecay: 0.1);

        Assert.Equal([0.95f, 1f], values);
    }
}
