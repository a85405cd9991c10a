namespace Stickers.Pipeline.Transport;

/// <summary>One sender and one receiver of an edge.</summary>
/// <param name="Edge">Name of the edge.</param>
/// <param name="Sender">From 0.</param>
/// <param name="Senders">Number of senders.</param>
/// <param name="Receiver">From 0.</param>
/// <param name="Receivers">Number of receivers.</param>
internal sealed record EdgePair(string Edge, int Sender, int Senders, int Receiver, int Receivers)
{
    /// <summary>The sender's name in messages.</summary>
    public string SenderName => $"sender {Sender} of edge '{Edge}'";

    /// <summary>The receiver's name in messages.</summary>
    public string ReceiverName => $"receiver {Receiver} of edge '{Edge}'";
}
