namespace Mneme.Coordinator.Reports;

/// <summary>The measures in words, with the choices that were made where there is more than one
/// convention.</summary>
internal static class Glossary
{
    public static IEnumerable<(string Term, string Meaning)> Of(long stride) =>
    [
        ("R[i, j]", "accuracy on set j after visit i; a set that comes back has one column and "
            + "several visits. b[j] is the accuracy of the untrained model."),
        ("acc, aia, la", "mean of the last row of R over the sets trained; mean over visits of "
            + "ACC_i; mean accuracy on each set when it had just been learned."),
        ("bwt, fwt", "backward transfer: what later training changed about earlier sets, "
            + "negative is forgetting. Forward transfer: what earlier training gave to a set "
            + "before it was trained, against the untrained model."),
        ("forgetting_max, forgetting_first_last", "loss on earlier sets against their best "
            + "(rows from the visit that learned the set), or against the accuracy when just "
            + "learned, which is -bwt. A set that improved counts negative."),
        ("intransigence", "what training all sets together (set: all) reaches on them beyond "
            + "their accuracy when just learned, in the trial of the same configuration and "
            + "seed under the first schedule that is one such phase."),
        ("online accuracy", "mean accuracy of the training batches before their updates."),
        ("drop, dip depth", "mean of the last 3 points of the old set before the switch, minus "
            + "the first point of the new set, or minus the lowest later point of the old set."),
        ("time to 50 %, 90 %", "steps after a switch until the mean of 3 points reaches that part "
            + "of the way from chance to the ceiling of the data. Not reached within the phase "
            + "is censored: above every reached time, and in no mean. Passed at the switch "
            + $"already is not applicable. Resolution: {stride} steps."),
        ("recovery", "the same for a set that comes back, against its level when it was left."),
        ("savings", "time to learn the first time over the time after the switch."),
        ("half-life", "steps until the normalised accuracy on the old set is half of its level "
            + "at the switch."),
        ("interval", "95 % by Student's t over the seeds. Failed trials are counted and left "
            + "out, never set to 0; an undefined value is -, not 0."),
    ];
}
