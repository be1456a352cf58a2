using System.Collections.Frozen;

namespace Vetopoint.Api.Configuration;

/// <summary>Checks <c>witnesses</c>. What a key is, is for the engine to say.</summary>
internal static class WitnessCheck
{
    public static FrozenDictionary<string, WitnessSettings> Check(ConfigObject top)
    {
        var witnesses = top.Child("witnesses", []);
        var settings = new Dictionary<string, WitnessSettings>(StringComparer.Ordinal);
        if (witnesses.Members.Count > ConfigLimits.WitnessesMax)
            witnesses.Report("VP1006", witnesses.Offset, $"There are {witnesses.Members.Count} witnesses.", $"There may be {ConfigLimits.WitnessesMax}.");
        foreach (var member in witnesses.Members)
        {
            if (member.Name.Length is 0 or > ConfigLimits.NameLengthMax || member.Name.Any(char.IsControl))
            {
                witnesses.Report("VP1006", member.Offset, $"A witness cannot be called `{member.Name}`.",
                    $"Use 1 to {ConfigLimits.NameLengthMax} characters without control characters.");
                continue;
            }

            var witness = witnesses.Child(member, ["key", "url"]);
            if (witness.Text("key") is not { } key || witness.Text("url") is not { } url)
            {
                witness.Report("VP1005", member.Offset, $"The witness `{member.Name}` needs a `key` and a `url`.",
                    "`vetopoint witness` prints both when it starts.");
            }
            else if (ValueCheck.NoPlaceholder(witness, "key", key) && ValueCheck.Address(witness, "url", url) is { } address)
            {
                if (address.Query.Length > 0 || address.Fragment.Length > 0)
                    witness.Report("VP1006", witness.Find("url")!.Offset, $"`{witness.PathOf("url")}` cannot be asked.", "Give what its addresses begin with, without a query.");
                else
                    settings[member.Name] = new WitnessSettings(key, address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/"));
            }
        }

        return settings.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
