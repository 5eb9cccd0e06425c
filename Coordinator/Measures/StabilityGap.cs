namespace Mneme.Coordinator.Measures;

/// <summary>The stability gap of one set's training, set i, seen in frequent evaluations (De
/// Lange et al. 2023). The values depend on the evaluation stride, which their exported names
/// carry. Null where there is no earlier set, or not yet an evaluation.</summary>
/// <param name="MinimumAccuracy">min_acc_i = mean over j &lt; i of the minimum of curve[j] since
/// the end of set j, that evaluation included.</param>
/// <param name="WorstCaseAccuracy">WC_acc = curve[i]/(i+1) + (1 - 1/(i+1)) min_acc_i at the last
/// evaluation.</param>
/// <param name="WindowedForgetting">WF^w = max over j &lt; i and over windows of w evaluations
/// of first - last, at least 0. A window lies within the set's training, and its first evaluation
/// may be the one at the switch; null for fewer than w.</param>
/// <param name="WindowedPlasticity">WP^w: last - first, for set i itself.</param>
/// <param name="Gap">gap_i = mean over j &lt; i of R[i-1,j] - min over set i of curve[j].</param>
/// <param name="Recovered">recovered_i = mean over j &lt; i of R[i,j] - that minimum.</param>
internal sealed record StabilityGap(
    double? MinimumAccuracy, double? WorstCaseAccuracy, double? WindowedForgetting,
    double? WindowedPlasticity, double? Gap, double? Recovered);
