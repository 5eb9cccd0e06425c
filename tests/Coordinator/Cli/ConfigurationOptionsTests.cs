using System.CommandLine;
using Mneme.Configuration;
using Mneme.Coordinator;
using Mneme.Coordinator.Cli;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Coordinator.Cli;

public sealed class ConfigurationOptionsTests
{
    [Theory]
    [InlineData(Processes.Serve)]
    [InlineData(Processes.Worker)]
    public void Every_setting_of_a_process_is_an_option_of_its_command(Processes process)
    {
        var (command, options) = (new Command("x"), new ConfigurationOptions(process));

        options.AddTo(command);

        command.Options.Select(option => option.Name).ShouldBe(
            ConfigurationKeys.Of(process).Select(key => key.Flag).Prepend("--config"));
    }

    [Fact]
    public void What_is_given_becomes_the_settings_and_what_is_wrong_a_sentence()
    {
        var (command, options) = (new Command("x"), new ConfigurationOptions(Processes.Worker));
        options.AddTo(command);

        var settings = options.Read(command.Parse(["--slots", "3", "--node", "a", "--insecure"]));

        (settings.Slots, settings.Node, settings.Insecure).ShouldBe((3, "a", true));
        Should.Throw<UserError>(() => options.Read(command.Parse(["--slots", "x"])))
            .Message.ShouldContain("--slots: slots is 'x'");
    }
}
