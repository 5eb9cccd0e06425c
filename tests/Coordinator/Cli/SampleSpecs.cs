namespace Mneme.Tests.Coordinator.Cli;

/// <summary>Experiments that are over soon.</summary>
internal static class SampleSpecs
{
    /// <summary>64 trials, half of which diverge.</summary>
    public const string Small =
        """
        name: small
        model: memory-mlp
        steps: 60
        measure_every: 20
        seeds: 32
        settings:
          embedding_dim: 4
          hidden_dims: [8]
        search:
          method: grid
          parameters:
            learning_rate: [1e-3, 1e30]
        """;

    /// <summary>Long enough to be stopped in the middle; 40 checkpoints under
    /// <see cref="Pieces"/>.</summary>
    public const string Long =
        """
        name: long
        model: memory-mlp
        steps: 12000
        measure_every: 1000
        seeds: 4
        settings:
          embedding_dim: 4
          hidden_dims: [8]
        """;

    public static string Endless { get; } =
        Long.Replace("12000", "12000000", StringComparison.Ordinal);

    public static string[] Pieces { get; } =
        ["--cohort-size", "4", "--segment-steps", "300", "--slots", "1"];
}
