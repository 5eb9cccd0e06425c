using Mneme.Coordinator.Cli;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli;

public sealed class TextTableTests
{
    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(9, 1)]
    [InlineData(10, 2)]
    [InlineData(int.MaxValue, 2)]
    public void As_many_columns_are_shown_as_have_room(int width, int columns)
    {
        string[] headers = ["a", "bbbbb"];
        string[][] rows = [["123", "4"]];

        TextTable.Fitting(headers, rows, width).ShouldBe(columns);
        TextTable.Lines(headers, rows).Max(line => line.Length).ShouldBe(10);
    }
}
