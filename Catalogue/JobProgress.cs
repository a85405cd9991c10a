namespace Stickers.Catalogue;

/// <summary>How far a job is. Jobs report often; who shows it decides how often to draw.</summary>
/// <param name="Stage">What is being done, e.g. <c>import</c>.</param>
/// <param name="Done">Units finished, those of an interrupted run included.</param>
/// <param name="Total">Units in all, or null while unknown.</param>
/// <param name="Unit">Plural noun of the unit, e.g. <c>stickers</c>.</param>
/// <param name="Note">A short remark such as the current loss.</param>
public sealed record JobProgress(string Stage, double Done, double? Total, string Unit, string? Note = null);
