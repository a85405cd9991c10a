using Stickers.Tagger.Training;
using static TorchSharp.torch;

namespace Stickers.Tagger.Tests.Training;

public sealed class LossesTests
{
    [Fact]
    public void Tags_WithoutFocus_IsCrossEntropy()
    {
        using var scope = NewDisposeScope();
        var loss = new Losses(2, 0, 1, 1).Tags(tensor([0f, 2f, -1f, 3f], [2, 2]), tensor([1f, 0f, 0f, 1f], [2, 2])).item<float>();

        static double Negative(double x) => Math.Log(1 + Math.Exp(x));
        var expected = (Negative(-0.0) + Negative(2) + Negative(-1) + Negative(-3)) / 2;
        Assert.Equal(expected, loss, 1e-5);
    }

    [Fact]
    public void Tags_WithFocus_EasyNegativesCostNothingAndHardOnesCostLess()
    {
        using var scope = NewDisposeScope();
        float Negative(float logit, double focus) => new Losses(1, focus, 1, 1).Tags(tensor([logit], [1, 1]), zeros(1, 1)).item<float>();

        Assert.Equal(0f, Negative(-4f, 2), 1e-6f); // p = 0.018 is below the margin of 0.05
        Assert.True(Negative(0f, 2) < Negative(0f, 0) * 0.5, $"{Negative(0f, 2)} against {Negative(0f, 0)}");
        Assert.Equal(new Losses(1, 0, 1, 1).Tags(ones(1, 1), ones(1, 1)).item<float>(), new Losses(1, 2, 1, 1).Tags(ones(1, 1), ones(1, 1)).item<float>(), 1e-5f);
    }

    [Fact]
    public void Semantic_TwoTags_ShareTheMass()
    {
        using var scope = NewDisposeScope();
        var loss = new Losses(1, 0, 1, 1).Semantic(tensor([1f, 1f, 0f], [1, 3]), tensor([0.5f, 0.5f, 0f], [1, 3])).item<float>();

        Assert.Equal(Math.Log((2 * Math.E) + 1) - 1, loss, 1e-5);
    }

    [Fact]
    public void Visual_UnseenStickersAndNearDuplicates_DoNotCount()
    {
        using var scope = NewDisposeScope();
        var visual = tensor([1f, 0f, 0f, 1f], [2, 2]);
        var remembered = tensor([1f, 0f, 0f, 0f], [2, 2]); // the second was never seen
        var others = tensor([1f, 0f, 0f, 1f], [2, 2]);
        var masked = tensor([-1e4f, 0f, 0f, 0f], [2, 2]); // the first other is a copy of the first sticker

        var loss = new Losses(2, 0, 1, 1).Visual(visual, remembered, tensor([1f, 0f]), others, masked).item<float>();

        // First row: own 10, others: masked and 0. Second row: nothing.
        Assert.Equal(Math.Log(Math.Exp(10) + 1) - 10, loss * 2, 1e-4);
    }

    [Fact]
    public void Total_Weights_AreApplied()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(1f + (0.5f * 2f) + (3f * 4f), new Losses(1, 0, 0.5, 3).Total(tensor(1f), tensor(2f), tensor(4f)).item<float>(), 1e-5f);
    }
}
