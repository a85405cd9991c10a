namespace Faiss;

/// <summary>How vectors are compared. The values are Faiss' own.</summary>
public enum MetricType
{
    /// <summary>Inner product; larger is nearer. Of unit vectors it is the cosine.</summary>
    InnerProduct = 0,

    /// <summary>Squared Euclidean distance; smaller is nearer.</summary>
    L2 = 1,
}
