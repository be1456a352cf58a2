using System.Reflection;
using System.Text;

namespace Vetopoint.Cedar.Tests.PublicApi;

/// <summary>Everything that those who use a library can see, as text: one line for each type and member, sorted.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (var member in type.GetMembers(Declared).Where(IsVisible).Select(Line).Order(StringComparer.Ordinal))
                text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)
            && !member.Name.Contains('$', StringComparison.Ordinal)
            && (!method.IsSpecialName || member is ConstructorInfo || member.Name.StartsWith("op_", StringComparison.Ordinal)),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisibleAccessor),
        FieldInfo field => (field.IsPublic || field.IsFamily) && !field.IsSpecialName,
        _ => false,
    };

    private static bool IsVisibleAccessor(MethodInfo accessor) => accessor.IsPublic || accessor.IsFamily || accessor.IsFamilyOrAssembly;

    private static string Header(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : "class";
        var modifier = type is { IsAbstract: true, IsSealed: true } ? "static " : type is { IsAbstract: true, IsInterface: false } ? "abstract "
            : type is { IsSealed: true, IsValueType: false } ? "sealed " : "";
        var bases = new[] { type.BaseType }.Where(up => up is not null && up != typeof(object) && up != typeof(ValueType) && up != typeof(Enum))
            .Concat(type.GetInterfaces().OrderBy(up => up.ToString(), StringComparer.Ordinal)).Select(up => Name(up!)).ToList();
        return $"{modifier}{kind} {type.FullName}{(bases.Count == 0 || type.IsEnum ? "" : $" : {string.Join(", ", bases)}")}";
    }

    private static string Line(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo method => $"{(method.IsStatic ? "static " : "")}{method.Name}({Parameters(method)}): {Name(method.ReturnType)}{Mark(Nullability.Create(method.ReturnParameter).ReadState)}",
        PropertyInfo property => $"{(property.GetAccessors(nonPublic: true)[0].IsStatic ? "static " : "")}{property.Name}: {Name(property.PropertyType)}{Mark(Nullability.Create(property).ReadState)} {{{Accessors(property)} }}",
        FieldInfo field => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{field.Name}: {Name(field.FieldType)}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}",
        _ => throw new InvalidOperationException($"No line known of {member}."),
    };

    private static string Accessors(PropertyInfo property)
    {
        var set = property.SetMethod is { } setter && IsVisibleAccessor(setter)
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init;" : " set;"
            : "";
        return (property.GetMethod is { } getter && IsVisibleAccessor(getter) ? " get;" : "") + set;
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : "")}{parameter.Name}: {Name(parameter.ParameterType)}{Mark(Nullability.Create(parameter).WriteState)}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "")}"));

    private static string Mark(NullabilityState state) => state == NullabilityState.Nullable ? "?" : "";

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying);
        if (!type.IsGenericType)
            return type.Namespace == "System" ? type.Name : type.FullName ?? type.Name;
        var name = type.Namespace == "System" ? type.Name : type.FullName ?? type.Name;
        return $"{name[..name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
