namespace Stickers.Tagger.Training;

/// <summary>How large a network is learned.</summary>
public enum TrainingPreset
{
    /// <summary>24 to 192 channels on 48 pixels: twice as quick as <see cref="Base"/>, for first looks and small machines.</summary>
    Small,

    /// <summary>32 to 256 channels on 64 pixels: the best for minutes to hours on a processor.</summary>
    Base,

    /// <summary>The shape of a ResNet-18, 64 to 512 channels and two blocks a stage, on 96 pixels: for a GPU, or for days.</summary>
    Large,
}
