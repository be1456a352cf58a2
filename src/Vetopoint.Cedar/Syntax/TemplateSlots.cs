namespace Vetopoint.Cedar.Syntax;

/// <summary>The two slots a template may have, as they are written.</summary>
internal static class TemplateSlots
{
    public const string Principal = "?principal";
    public const string Resource = "?resource";
}
