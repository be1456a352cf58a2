using System.Collections.Immutable;

namespace Vetopoint.Control.Mandates;

/// <summary>A mandate that the owner wrote and activated with the policies, with places to fill in.</summary>
/// <param name="Name">Its file's name, without the extension.</param>
/// <param name="Request">As written, with <c>{parameter}</c> where something is to be filled in.</param>
/// <param name="Parameters">What is to be filled in.</param>
/// <param name="Approved">True when its high-risk effects need no further approval to be handed on: activating it was one.</param>
public sealed record MandateTemplate(string Name, MandateRequest Request, ImmutableArray<string> Parameters, bool Approved)
{
    /// <summary>Fills in the parameters.</summary>
    /// <param name="values">A value for each parameter, and nothing else.</param>
    /// <param name="problem">Why it cannot be; null when it can.</param>
    public MandateRequest? Fill(IReadOnlyDictionary<string, string> values, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(values);
        problem = WhyNot(values);
        if (problem is not null)
            return null;
        return Request with
        {
            Purpose = Request.Purpose is { } purpose ? Filled(purpose) : null,
            Resources = FilledAll(Request.Resources),
            Destinations = FilledAll(Request.Destinations),
        };

        ImmutableArray<string>? FilledAll(ImmutableArray<string>? set) => set is { } patterns ? [.. patterns.Select(Filled)] : null;

        // One pass, so that a value cannot bring in another parameter.
        string Filled(string text)
        {
            var filled = new System.Text.StringBuilder();
            for (var at = 0; at < text.Length;)
            {
                var name = text[at] == '{' ? Parameters.FirstOrDefault(name => text.AsSpan(at + 1).StartsWith(name + "}", StringComparison.Ordinal)) : null;
                filled.Append(name is null ? text.AsSpan(at, 1) : values[name]);
                at += name is null ? 1 : name.Length + 2;
            }

            return filled.ToString();
        }
    }

    private string? WhyNot(IReadOnlyDictionary<string, string> values)
    {
        foreach (var name in Parameters)
        {
            if (!values.TryGetValue(name, out var value))
                return $"The template `{Name}` needs a value for `{name}`.";

            // A value is a part of a name: it cannot make a prefix of it, nor lead out of one.
            if (NamePattern.WhyNot(value, prefixes: false) is not null || value == Mandate.Any || value.AsSpan().ContainsAny("{}:*") || !ResourcePattern.IsPlain(value))
                return $"The value of `{name}` cannot be used: give plain text without `*`, `:`, `{{`, `}}`, `..`, `%` and backslashes, of at most {ControlLimits.MandatePatternCharactersMax} characters.";
        }

        return values.Keys.FirstOrDefault(name => !Parameters.Contains(name)) is { } unknown
            ? $"The template `{Name}` has no parameter `{unknown}`."
            : null;
    }
}
