using Microsoft.OpenApi;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>A parameter of an address that an endpoint reads itself, as the OpenAPI document describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it means.</param>
/// <param name="Schema">What it may be.</param>
/// <param name="Required">Whether it must be given.</param>
internal sealed record QueryParameter(string Name, string Description, OpenApiSchema Schema, bool Required = false);

/// <summary>The parameters of an endpoint.</summary>
internal sealed record QueryParameters(IReadOnlyList<QueryParameter> All);
