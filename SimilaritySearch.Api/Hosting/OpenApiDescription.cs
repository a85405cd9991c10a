using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>Marks an endpoint that takes an image as its body.</summary>
internal sealed class ImageUploadMetadata;

/// <summary>What the OpenAPI document says beyond what the endpoints' types tell.</summary>
internal static class OpenApiDescription
{
    public static void AddLookupOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Stickers lookup",
                Version = "v1",
                Description = "What looks like this sticker, what means the same, what fits these words, which tags suit this picture. Errors are problem details (RFC 9457).",
            };
            // The address that the document is read from is the server; the one it was bound to may be another.
            document.Servers = [new OpenApiServer { Url = "/" }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ImageUploadMetadata>().Any())
                operation.RequestBody = ImageBody();
            foreach (var parameter in context.Description.ActionDescriptor.EndpointMetadata.OfType<QueryParameters>().SelectMany(parameters => parameters.All))
            {
                (operation.Parameters ??= []).Add(new OpenApiParameter
                {
                    Name = parameter.Name,
                    In = ParameterLocation.Query,
                    Description = parameter.Description,
                    Required = parameter.Required,
                    Schema = parameter.Schema,
                });
            }

            OpenApiExamples.Add(operation);
            return Task.CompletedTask;
        });
    });

    private static OpenApiRequestBody ImageBody() => new()
    {
        Required = true,
        Description = "PNG, APNG, JPEG, WebP, GIF or SVG of at most 16 MiB. What it is, its content decides.",
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["image/*"] = new() { Schema = Binary() },
            ["multipart/form-data"] = new()
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { "image" },
                    Properties = new Dictionary<string, IOpenApiSchema> { ["image"] = Binary() },
                },
            },
        },
    };

    private static OpenApiSchema Binary() => new() { Type = JsonSchemaType.String, Format = "binary" };
}
