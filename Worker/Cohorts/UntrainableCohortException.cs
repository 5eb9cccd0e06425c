namespace Mneme.Worker.Cohorts;

/// <summary>A cohort cannot be made or trained here: not enough memory, as a rule.</summary>
public sealed class UntrainableCohortException(int lanes, Exception reason)
    : Exception($"a cohort of {lanes} lanes cannot be trained here: {FirstLine(reason)}", reason)
{
    private const int Longest = 300;

    // libtorch's errors go on for pages.
    private static string FirstLine(Exception reason)
    {
        var line = reason.Message.Split('\n')[0].TrimEnd('.');
        return line.Length <= Longest ? line : line[..Longest] + "...";
    }
}
