using Stickers.Tagger.Training;
using static TorchSharp.torch;

namespace Stickers.Tagger.Tests.Training;

public sealed class LossesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Tags_NotAsked_CostNothingAndTeachNothing(double focus)
    {
        using var scope = NewDisposeScope();
        var (all, told) = (tensor([0.5f, -1f, 2f, 1f], [1, 4], requires_grad: true), tensor([0.5f, 2f], [1, 2], requires_grad: true));
        var whole = new Losses(1, focus, 1, 1, 4).Tags(all, tensor([1f, 1f, 0f, 0f], [1, 4]), tensor([1f, 0f, 1f, 0f], [1, 4]));
        var part = new Losses(1, focus, 1, 1, 4).Tags(told, tensor([1f, 0f], [1, 2]), ones(1, 2));

        whole.backward();
        part.backward();

        Assert.Equal(part.item<float>(), whole.item<float>(), 1e-5f);
        var (gradient, expected) = (all.grad!.data<float>().ToArray(), told.grad!.data<float>().ToArray());
        Assert.Equal([expected[0], 0, expected[1], 0], gradient);
    }

    [Fact]
    public void Tags_WithoutFocus_IsCrossEntropy()
    {
        using var scope = NewDisposeScope();
        var loss = new Losses(2, 0, 1, 1, 4).Tags(tensor([0f, 2f, -1f, 3f], [2, 2]), tensor([1f, 0f, 0f, 1f], [2, 2]), ones(2, 2)).item<float>();

        static double Negative(double x) => Math.Log(1 + Math.Exp(x));
        var expected = (Negative(-0.0) + Negative(2) + Negative(-1) + Negative(-3)) / 2;
        Assert.Equal(expected, loss, 1e-5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Tags_Refused_PushDownSixTimesAsHardAsMissingOnesWhateverTheFocus(double focus)
    {
        using var scope = NewDisposeScope();
        var logits = tensor([-4f, -4f, 1f], [1, 3], requires_grad: true);
        new Losses(1, focus, 1, 1, 4).Tags(logits, tensor([0f, 0f, 1f], [1, 3]), ones(1, 3), tensor([0f, 1f, 0f], [1, 3])).backward();
        var (missing, refused) = (logits.grad![0, 0].item<float>(), logits.grad[0, 1].item<float>());

        var probability = 1 / (1 + MathF.Exp(4));
        Assert.Equal(5 * probability, refused - missing, 1e-5f);
        Assert.Equal(focus > 0 ? 0 : probability, missing, 1e-5f); // an easy negative that is only missing costs nothing with focus
        Assert.True(logits.grad[0, 2].item<float>() < 0, "the label pulls up");
    }

    [Fact]
    public void Tags_WithFocus_EasyNegativesCostNothingAndHardOnesCostLess()
    {
        using var scope = NewDisposeScope();
        float Negative(float logit, double focus) => new Losses(1, focus, 1, 1, 4).Tags(tensor([logit], [1, 1]), zeros(1, 1), ones(1, 1)).item<float>();

        Assert.Equal(0f, Negative(-4f, 2), 1e-6f); // p = 0.018 is below the margin of 0.05
        Assert.True(Negative(0f, 2) < Negative(0f, 0) * 0.5, $"{Negative(0f, 2)} against {Negative(0f, 0)}");
        Assert.Equal(new Losses(1, 0, 1, 1, 4).Tags(ones(1, 1), ones(1, 1), ones(1, 1)).item<float>(), new Losses(1, 2, 1, 1, 4).Tags(ones(1, 1), ones(1, 1), ones(1, 1)).item<float>(), 1e-5f);
    }

    [Fact]
    public void Semantic_TwoTags_ShareTheMass()
    {
        using var scope = NewDisposeScope();
        var loss = new Losses(1, 0, 1, 1, 4).Semantic(tensor([1f, 1f, 0f], [1, 3]), tensor([0.5f, 0.5f, 0f], [1, 3])).item<float>();

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

        var loss = new Losses(2, 0, 1, 1, 4).Visual(visual, remembered, tensor([1f, 0f]), others, masked).item<float>();

        // First row: own 10, others: masked and 0. Second row: nothing.
        Assert.Equal(Math.Log(Math.Exp(10) + 1) - 10, loss * 2, 1e-4);
    }

    [Fact]
    public void Code_Signs_AreComparedWithCosines()
    {
        using var scope = NewDisposeScope();
        // One sticker and two others: the first as near as can be, the second across. Of two bits it shares both with the first (1) and one with the second (0).
        var values = tensor([0.3f, -0.2f], [1, 2]).requires_grad_();
        var visual = tensor([1f, 0f], [1, 2]).requires_grad_();
        var loss = new Losses(1, 0, 1, 1, 2).Code(values, tensor([0.1f, -5f, 0.1f, 5f], [2, 2]), visual, tensor([1f, 0f, 0f, 1f], [2, 2]));
        loss.backward();

        var far = 1 / (1 + Math.Exp(20));
        Assert.Equal(Math.Log(1 + Math.Exp(-20)) + (far * 20), loss.item<float>(), 1e-6);
        Assert.Null(visual.grad);
        Assert.NotNull(values.grad);
    }

    [Fact]
    public void Code_Minimized_FindsMoreNeighboursThanARandomMap()
    {
        // Vectors that lie along 6 of 24 dimensions: what a bit is best spent on has to be learned.
        const int d = 24, n = 400;
        using var scope = NewDisposeScope();
        manual_seed(3);
        var spread = cat([ones(6), full(d - 6, 0.15f)], 0);
        var vectors = nn.functional.normalize(randn(n, d).mul(spread), 2, 1);
        var head = nn.Linear(d, d);
        var losses = new Losses(32, 0, 1, 1, d);
        var optimizer = optim.Adam(head.parameters(), 5e-3);
        var before = Found();
        for (var step = 0; step < 300; step++)
        {
            using var inner = NewDisposeScope();
            var some = vectors.index_select(0, randint(n, [32]));
            optimizer.zero_grad();
            losses.Code(head.forward(some), head.forward(vectors), some, vectors).backward();
            optimizer.step();
        }

        var after = Found();
        Assert.True(after > before + 0.1, $"of the ten nearest, the 20 that share most bits hold {after:0.000}, before {before:0.000}");

        double Found()
        {
            using var noGrad = no_grad();
            var code = head.forward(vectors).sign();
            var (_, near) = vectors.matmul(vectors.t()).topk(11, 1);
            var (_, shared) = code.matmul(code.t()).topk(21, 1);
            long[] truth = near.data<long>().ToArray(), found = shared.data<long>().ToArray();
            return Enumerable.Range(0, n).Sum(i => truth.Skip(i * 11).Take(11).Where(j => j != i).Intersect(found.Skip(i * 21).Take(21)).Count()) / (10.0 * n);
        }
    }

    [Fact]
    public void Total_Weights_AreApplied()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(1f + (0.5f * 2f) + (3f * 4f) + (0.01f * 5f), new Losses(1, 0, 0.5, 3, 4).Total(tensor(1f), tensor(2f), tensor(4f), tensor(5f)).item<float>(), 1e-5f);
    }
}
