using System.Diagnostics;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Mneme.Tests.Launcher;

/// <summary>What a first, a second and an unlucky use of <c>./mneme</c> do and say.</summary>
public sealed class LauncherTests(ITestOutputHelper output) : IDisposable
{
    private readonly FreshMachine machine = new();

    public void Dispose() => machine.Dispose();

    [Fact]
    public void A_first_use_installs_builds_and_becomes_the_program()
    {
        var run = machine.Run("run", "a spec.yaml", "");
        run.Output.ShouldBe("<run><a spec.yaml><>");
        run.ExitCode.ShouldBe(0);
        run.Error.ShouldMatch("installing .*libtorch-dev");
        run.Error.ShouldContain("building");
        File.ReadAllLines(machine.At("installed")).ShouldContain("libtorch-dev");
        File.ReadAllLines(machine.At("installed")).ShouldNotContain("rabbitmq-server");
        machine.Builds.Count().ShouldBe(1);
    }

    [Fact]
    public void A_second_use_installs_and_builds_nothing_and_starts_within_two_seconds()
    {
        machine.Run("run");
        var calls = machine.Calls.Length;
        var watch = Stopwatch.StartNew();
        var run = machine.Run("run");
        output.WriteLine($"the launcher took {watch.ElapsedMilliseconds} ms");
        run.Error.ShouldBeEmpty();
        machine.Calls.Length.ShouldBe(calls + 1, "only the program itself was started");
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void The_programs_exit_code_is_the_launchers()
    {
        machine.Environment["FAKE_EXIT"] = "2";
        machine.Run("run").ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("new")]
    [InlineData("deleted")]
    public void A_source_that_is_changed_new_or_deleted_is_built(string what)
    {
        machine.Write("tree/Worker/deep/deleted.cs", "");
        machine.Run("run");
        if (what == "deleted") File.Delete(machine.At("tree/Worker/deep/deleted.cs"));
        else if (what == "new") machine.Write("tree/Worker/other.cs", "");
        else machine.Write("tree/Worker/source.cs", "changed");
        machine.Run("run").Error.ShouldContain("building");
        machine.Builds.Count().ShouldBe(2);
    }

    [Fact]
    public void A_changed_test_does_not_delay_a_run()
    {
        machine.Run("run");
        machine.Write("tree/tests/source.cs", "changed");
        machine.Run("run");
        machine.Builds.Count().ShouldBe(1);
    }

    [Fact]
    public void It_works_through_a_symlink_and_from_another_folder()
    {
        File.CreateSymbolicLink(machine.At("bin/mneme"), machine.At("tree/mneme"));
        FreshMachine.Finish(machine.Start("bin/mneme", "run")).Output.ShouldBe("<run>");
        Directory.Exists(machine.At("tree/.build")).ShouldBeTrue();
    }

    [Fact]
    public void Two_launchers_at_once_build_once()
    {
        machine.Environment["FAKE_BUILD_SECONDS"] = "1";
        var both = new[] { machine.Start("tree/mneme", "run"), machine.Start("tree/mneme", "run") };
        var runs = both.Select(FreshMachine.Finish).ToList();
        runs.ShouldAllBe(run => run.Output == "<run>" && run.ExitCode == 0);
        machine.Builds.Count().ShouldBe(1);
        runs.ShouldContain(run => run.Error.Contains("waiting for another build"));
    }

    [Fact]
    public void A_run_keeps_the_program_it_began_with_while_another_is_built()
    {
        using var first = machine.Start("tree/mneme", "wait");
        first.StandardOutput.ReadLine().ShouldBe("<wait>");
        machine.Write("tree/Worker/source.cs", "changed once");
        machine.Run("run");
        machine.Write("tree/Worker/source.cs", "changed twice");
        machine.Run("run");
        var programs = Directory.GetDirectories(machine.At("tree/.build/programs"));
        programs.Length.ShouldBe(2, "one in use, one new");
        first.Kill(entireProcessTree: true);
        first.WaitForExit();
    }

    [Fact]
    public void Without_package_lists_it_fetches_them_and_tries_again()
    {
        machine.Run("run");
        machine.Calls.Where(call => call.StartsWith("apt-get", StringComparison.Ordinal))
            .Select(call => call.Split(' ').First(word => word is "install" or "update"))
            .ShouldBe(["install", "update", "install"]);
    }

    [Fact]
    public void Without_apt_it_says_which_command_to_run()
    {
        machine.Remove("apt-get");
        var run = machine.Run("run");
        run.ExitCode.ShouldBe(1);
        run.Error.ShouldContain("sudo apt-get update && sudo apt-get install ");
        run.Error.ShouldContain("libtorch-dev");
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public void Without_root_and_sudo_it_says_which_command_to_run()
    {
        machine.Environment["FAKE_UID"] = "1000";
        machine.Run("run").Error.ShouldContain("sudo apt-get install ");
        machine.Install("sudo", "exit 1");
        machine.Run("run").ExitCode.ShouldBe(1);
        machine.Calls.ShouldAllBe(call => !call.StartsWith("apt-get", StringComparison.Ordinal));
    }

    [Fact]
    public void A_user_with_sudo_installs_through_it()
    {
        machine.Environment["FAKE_UID"] = "1000";
        machine.Install("sudo", "shift\nexec \"$@\"");
        machine.Run("run").ExitCode.ShouldBe(0);
        File.ReadAllLines(machine.At("installed")).ShouldContain("libtorch-dev");
    }

    [Fact]
    public void A_missing_or_old_sdk_is_named_with_the_way_to_a_new_one()
    {
        machine.Environment["FAKE_SDK"] = "8.0.100";
        var old = machine.Run("run");
        old.Error.ShouldContain("the .NET 10 SDK is missing (found: 8.0.100");
        old.Error.ShouldContain("dotnet-sdk-10.0");
        old.ExitCode.ShouldBe(1);

        machine.Remove("dotnet");
        machine.Run("run").Error.ShouldContain("(found: none)");
    }

    [Fact]
    public void A_broken_build_shows_its_errors_and_leaves_nothing_fresh()
    {
        machine.Environment["FAKE_BROKEN"] = "yes";
        var run = machine.Run("run");
        run.Error.ShouldContain("error CS0000: broken");
        run.ExitCode.ShouldBe(1);
        machine.Environment.Remove("FAKE_BROKEN");
        machine.Run("run").Output.ShouldBe("<run>");
    }

    [Fact]
    public void Another_libtorch_is_not_installed_and_a_changed_choice_is_built()
    {
        Directory.CreateDirectory(machine.At("my torch"));
        machine.Environment["MNEME_LIBTORCH"] = machine.At("my torch");
        machine.Run("run").ExitCode.ShouldBe(0);
        File.ReadAllLines(machine.At("installed")).ShouldNotContain("libtorch-dev");
        machine.Run("run");
        machine.Builds.Count().ShouldBe(1);

        machine.Environment.Remove("MNEME_LIBTORCH");
        machine.Run("run").Error.ShouldContain("libtorch-dev");
        machine.Builds.Count().ShouldBe(2);
    }

    [Fact]
    public void A_libtorch_that_is_not_there_is_said_before_anything_is_built()
    {
        machine.Environment["MNEME_LIBTORCH"] = "/no/such/folder";
        var run = machine.Run("run");
        run.Error.ShouldContain("MNEME_LIBTORCH=/no/such/folder is neither");
        run.ExitCode.ShouldBe(1);
        machine.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("total=\"9\" executed=\"9\" passed=\"9\" failed=\"0\"", 0, "9 passed, 0 failed", 0)]
    [InlineData("total=\"9\" executed=\"7\" passed=\"7\" failed=\"0\"", 0,
        "7 passed, 0 failed, 2 skipped", 0)]
    [InlineData("total=\"9\" executed=\"9\" passed=\"8\" failed=\"1\"", 1, "8 passed, 1 failed", 1)]
    [InlineData("total=\"5\" executed=\"5\" passed=\"5\" failed=\"0\"", 1, "5 passed, 1 failed", 1)]
    [InlineData("", 1, "0 passed, 1 failed", 1)]
    [InlineData("", 0, "0 passed, 0 failed", 1)]
    public void Tests_end_with_one_line_that_sums_up(
        string counters, int testExit, string line, int exitCode)
    {
        machine.Environment["FAKE_COUNTERS"] = counters;
        machine.Environment["FAKE_TEST_EXIT"] = $"{testExit}";
        var tests = machine.Run("test");
        tests.Output.ShouldBe($"{line}\n");
        tests.ExitCode.ShouldBe(exitCode);
    }

    [Fact]
    public void Tests_also_need_the_oracle_and_the_servers_and_take_a_filter()
    {
        machine.Run("test", "Kernel");
        foreach (var package in new[] { "python3-torch", "rabbitmq-server", "postgresql" })
            File.ReadAllLines(machine.At("installed")).ShouldContain(package);
        machine.Calls.ShouldContain(call => call.Contains("--filter FullyQualifiedName~Kernel"));
    }

    [Fact]
    public void Tables_for_texts_are_fetched_once()
    {
        machine.Run("setup", "text").ExitCode.ShouldBe(0);
        machine.Run("setup", "text").ExitCode.ShouldBe(0);

        machine.Calls.Count(call => call.StartsWith("npm pack", StringComparison.Ordinal))
            .ShouldBe(3);
        foreach (var table in new[] { "encoder.json", "vocab.bpe", "vader_lexicon.txt" })
            File.Exists(machine.At($"tree/.build/text/{table}")).ShouldBeTrue(table);
    }

    [Fact]
    public void A_table_that_is_not_the_published_one_is_not_kept()
    {
        machine.Environment["FAKE_DAMAGED"] = "1";

        machine.Run("setup", "text").ExitCode.ShouldBe(1);

        Directory.Exists(machine.At("tree/.build/text")).ShouldBeFalse();
        Directory.GetDirectories(machine.At("tree/.build"), "text.*").ShouldBeEmpty();
    }

    [Fact]
    public void Without_a_command_it_says_what_it_can_do_and_builds_nothing()
    {
        var help = machine.Run();
        help.Output.ShouldContain("run SPEC");
        machine.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void The_doctor_says_what_is_missing_and_changes_nothing()
    {
        var doctor = machine.Run("doctor");
        doctor.ExitCode.ShouldBe(0);
        doctor.Output.ShouldMatch("missing +.*libtorch-dev");
        Directory.Exists(machine.At("tree/.build")).ShouldBeFalse();
    }

    [Fact]
    public void Clean_removes_what_was_built_and_no_more()
    {
        machine.Run("run");
        machine.Run("clean").ExitCode.ShouldBe(0);
        Directory.Exists(machine.At("tree/.build")).ShouldBeFalse();
        File.Exists(machine.At("tree/Worker/source.cs")).ShouldBeTrue();
    }
}
