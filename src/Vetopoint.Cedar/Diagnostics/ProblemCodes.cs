namespace Vetopoint.Cedar.Diagnostics;

/// <summary>The stable code of every problem Cedar texts can have.</summary>
public static class ProblemCodes
{
    // Text that is not Cedar.
    /// <summary>Something else should stand here.</summary>
    public const string UnexpectedText = "VP2001";
    /// <summary>Quoted text is not as it should be.</summary>
    public const string BadString = "VP2002";
    /// <summary>A number is beyond 64 bits.</summary>
    public const string BadNumber = "VP2003";
    /// <summary>An expression or a type nests too deep.</summary>
    public const string TooDeep = "VP2004";
    /// <summary>A source is too long.</summary>
    public const string TooLarge = "VP2005";
    /// <summary>A word of the language stands where a name should.</summary>
    public const string ReservedName = "VP2006";
    /// <summary>There is no such function or method.</summary>
    public const string UnknownFunction = "VP2007";
    /// <summary>A call has too many or too few arguments.</summary>
    public const string WrongArguments = "VP2008";
    /// <summary>A record has a name twice.</summary>
    public const string DuplicateKey = "VP2009";
    /// <summary>Comparisons stand in a chain.</summary>
    public const string ChainedComparison = "VP2010";
    /// <summary>Too many <c>!</c> or <c>-</c> stand in a row.</summary>
    public const string TooManySigns = "VP2011";
    /// <summary>A slot stands where none can.</summary>
    public const string TemplateSlot = "VP2012";
    /// <summary>Something stands in a scope that cannot.</summary>
    public const string BadScope = "VP2013";

    // Policy sets.
    /// <summary>Two policies or templates have one id.</summary>
    public const string DuplicatePolicyId = "VP2020";
    /// <summary>An annotation stands twice.</summary>
    public const string DuplicateAnnotation = "VP2021";
    /// <summary>JSON is not of the form of policies.</summary>
    public const string BadPolicyJson = "VP2023";
    /// <summary>A link names a template that is not there.</summary>
    public const string UnknownTemplate = "VP2024";
    /// <summary>A link does not give what its template asks for.</summary>
    public const string BadLink = "VP2025";

    // Entities.
    /// <summary>JSON is not of the form of entities.</summary>
    public const string BadEntityJson = "VP2030";

    // Schemas.
    /// <summary>There is no such type.</summary>
    public const string UnknownType = "VP2050";
    /// <summary>Something is declared twice.</summary>
    public const string DuplicateDeclaration = "VP2051";
    /// <summary>A type is made of itself.</summary>
    public const string TypeCycle = "VP2052";
    /// <summary>An action is in itself.</summary>
    public const string ActionCycle = "VP2053";
    /// <summary>A type of Cedar is declared.</summary>
    public const string ReservedType = "VP2054";
    /// <summary><c>appliesTo</c> is not as it should be.</summary>
    public const string BadAppliesTo = "VP2055";
    /// <summary>An action is in one that is not declared.</summary>
    public const string UnknownActionParent = "VP2056";
    /// <summary>A name hides one outside any namespace.</summary>
    public const string Shadowing = "VP2057";
    /// <summary>JSON is not of the form of schemas.</summary>
    public const string BadSchemaJson = "VP2058";
    /// <summary>The attributes of an entity type are no record.</summary>
    public const string WrongShape = "VP2059";

    // Policies against a schema.
    /// <summary>There is no such entity type.</summary>
    public const string UnknownEntityType = "VP2100";
    /// <summary>There is no such action.</summary>
    public const string UnknownAction = "VP2101";
    /// <summary>There is no such entity.</summary>
    public const string UnknownEntity = "VP2102";
    /// <summary>No action has such a principal and resource.</summary>
    public const string NoActionApplies = "VP2103";
    /// <summary>The conditions of a policy are always false.</summary>
    public const string ImpossiblePolicy = "VP2104";
    /// <summary>A value of another type should stand here.</summary>
    public const string WrongType = "VP2105";
    /// <summary>Two types that never mix are put together.</summary>
    public const string IncompatibleTypes = "VP2106";
    /// <summary>There is no such attribute.</summary>
    public const string UnknownAttribute = "VP2107";
    /// <summary>An optional attribute is used without asking for it.</summary>
    public const string UnsafeAttribute = "VP2108";
    /// <summary>A tag is used without asking for it.</summary>
    public const string UnsafeTag = "VP2109";
    /// <summary>The type of an empty set cannot be known.</summary>
    public const string EmptySet = "VP2110";
    /// <summary>A text is not of the form its function wants.</summary>
    public const string BadExtensionLiteral = "VP2111";
    /// <summary>A function that makes a value is given no literal.</summary>
    public const string NonLiteralExtension = "VP2112";
    /// <summary>An entity type has no tags.</summary>
    public const string NoTags = "VP2113";
    /// <summary><c>has</c> asks for what can never be there.</summary>
    public const string UndeclaredHas = "VP2114";
    /// <summary>Nothing links a template.</summary>
    public const string UnlinkedTemplate = "VP2115";
    /// <summary>A policy looks too far into entities.</summary>
    public const string LevelExceeded = "VP2116";
    /// <summary>A policy that has a level looks into an entity that is no part of a request.</summary>
    public const string LiteralLookedInto = "VP2117";

    // Monotonicity.
    /// <summary>Raising an attribute could remove a permission.</summary>
    public const string NotMonotone = "VP2150";
}
