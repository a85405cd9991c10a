using System.Buffers;
using System.Text;

namespace Stickers.Pipeline.Formats;

/// <summary>Text as UTF-8. Half a surrogate pair is refused: it would arrive as something else.</summary>
internal sealed class TextFormat : IItemFormat<string>
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public void Write(string item, IBufferWriter<byte> output) => Strict.GetBytes(item, output);

    public string Read(ReadOnlySpan<byte> bytes) => Strict.GetString(bytes);

    public long SizeOf(string item) => 2L * item.Length;
}
