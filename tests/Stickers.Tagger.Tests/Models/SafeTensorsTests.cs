using System.Text;
using Stickers.Tagger.Models;

namespace Stickers.Tagger.Tests.Models;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Write_TwoTensors_HasTheBytesOfTheFormat()
    {
        using (var stream = File.Create(_path)) SafeTensors.Write(stream, [new NamedTensor("a", [2], new[] { 1f, 2f }), new NamedTensor("b", [1, 1], new[] { 3f })]);

        var bytes = File.ReadAllBytes(_path);
        var header = BitConverter.ToInt64(bytes);
        Assert.Equal(0, header % 8);
        Assert.Equal(
            """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]}}""",
            Encoding.UTF8.GetString(bytes, 8, (int)header).TrimEnd());
        Assert.Equal([1f, 2f, 3f], Enumerable.Range(0, 3).Select(i => BitConverter.ToSingle(bytes, 8 + (int)header + (i * 4))));
    }

    [Fact]
    public void Read_WhatWasWritten_IsEqual()
    {
        var random = new Random(1);
        float[] value = [.. Enumerable.Range(0, 60).Select(_ => random.NextSingle())];
        using (var stream = File.Create(_path)) SafeTensors.Write(stream, [new NamedTensor("x", [3, 4, 5], value)], new Dictionary<string, string> { ["k"] = "v" });

        var (tensors, metadata) = SafeTensors.Read(_path);

        Assert.Equal("v", metadata["k"]);
        Assert.Equal(value, tensors["x"].Values.ToArray());
        Assert.Equal([3L, 4L, 5L], tensors["x"].Shape);
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""")]
    [InlineData("""{"x":7}""")]
    [InlineData("not json")]
    public void Read_WrongHeader_Throws(string header)
    {
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(_path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[8]]);

        var error = Assert.Throws<InvalidDataException>(() => SafeTensors.Read(_path));
        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Read_TooShort_Throws(int length)
    {
        File.WriteAllBytes(_path, new byte[length]);
        Assert.Throws<InvalidDataException>(() => SafeTensors.Read(_path));
    }

    [Fact]
    public void Read_HeaderLongerThanFile_Throws()
    {
        File.WriteAllBytes(_path, [.. BitConverter.GetBytes(long.MaxValue), .. new byte[8]]);
        Assert.Throws<InvalidDataException>(() => SafeTensors.Read(_path));
    }

    public void Dispose() => File.Delete(_path);
}
