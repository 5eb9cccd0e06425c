using System.Security.Cryptography;
using System.Text;

namespace Mneme.Specs;

/// <summary>Tells whether two files mean the same experiment.</summary>
public static class SpecIdentity
{
    // Part of the hashed text: a later form of the text must not collide with this one.
    private const string Form = "mneme spec 1\n";

    /// <summary>Lower-case hexadecimal SHA-256 of the resolved spec. Comments, the order of keys,
    /// spelt-out defaults and the spelling of numbers do not change it.</summary>
    public static string Sha256(ExperimentSpec spec) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(Form + SpecWriter.Write(spec))));
}
