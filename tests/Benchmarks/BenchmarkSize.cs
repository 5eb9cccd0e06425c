namespace Mneme.Benchmarks;

/// <summary>A size at which an experiment is measured.</summary>
internal abstract record BenchmarkSize(string Name);
