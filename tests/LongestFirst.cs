using Mneme.Tests;
using Mneme.Tests.Coordinator.Cli;
using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer(LongestFirst.Type, LongestFirst.Assembly)]

namespace Mneme.Tests;

/// <summary>What runs one by one for minutes begins first, and the others fill the second core.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public const string Type = "Mneme.Tests.LongestFirst", Assembly = "Mneme.Tests";

    public IEnumerable<ITestCollection> OrderTestCollections(
        IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(collection => collection.DisplayName == TheProgram.Name);
}
