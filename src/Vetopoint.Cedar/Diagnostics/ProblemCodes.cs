namespace Vetopoint.Cedar.Diagnostics;

/// <summary>The stable code of every problem Cedar texts can have.</summary>
public static class ProblemCodes
{
    // Text that is not Cedar.
    public const string UnexpectedText = "VP2001";
    public const string BadString = "VP2002";
    public const string BadNumber = "VP2003";
    public const string TooDeep = "VP2004";
    public const string TooLarge = "VP2005";
    public const string ReservedName = "VP2006";
    public const string UnknownFunction = "VP2007";
    public const string WrongArguments = "VP2008";
    public const string DuplicateKey = "VP2009";
    public const string ChainedComparison = "VP2010";
    public const string TooManySigns = "VP2011";
    public const string TemplateSlot = "VP2012";
    public const string BadScope = "VP2013";

    // Policy sets.
    public const string DuplicatePolicyId = "VP2020";
    public const string DuplicateAnnotation = "VP2021";
    public const string BadPolicyJson = "VP2023";
    public const string UnknownTemplate = "VP2024";
    public const string BadLink = "VP2025";

    // Entities.
    public const string BadEntityJson = "VP2030";

    // Schemas.
    public const string UnknownType = "VP2050";
    public const string DuplicateDeclaration = "VP2051";
    public const string TypeCycle = "VP2052";
    public const string ActionCycle = "VP2053";
    public const string ReservedType = "VP2054";
    public const string BadAppliesTo = "VP2055";
    public const string UnknownActionParent = "VP2056";
    public const string Shadowing = "VP2057";
    public const string BadSchemaJson = "VP2058";
    public const string WrongShape = "VP2059";

    // Policies against a schema.
    public const string UnknownEntityType = "VP2100";
    public const string UnknownAction = "VP2101";
    public const string UnknownEntity = "VP2102";
    public const string NoActionApplies = "VP2103";
    public const string ImpossiblePolicy = "VP2104";
    public const string WrongType = "VP2105";
    public const string IncompatibleTypes = "VP2106";
    public const string UnknownAttribute = "VP2107";
    public const string UnsafeAttribute = "VP2108";
    public const string UnsafeTag = "VP2109";
    public const string EmptySet = "VP2110";
    public const string BadExtensionLiteral = "VP2111";
    public const string NonLiteralExtension = "VP2112";
    public const string NoTags = "VP2113";
    public const string UndeclaredHas = "VP2114";
    public const string UnlinkedTemplate = "VP2115";
    public const string LevelExceeded = "VP2116";
    public const string LiteralLookedInto = "VP2117";

    // Monotonicity.
    public const string NotMonotone = "VP2150";
}
