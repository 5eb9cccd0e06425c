using Mneme.Specs;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Shared.Specs;

public sealed class SpecReaderTests
{
    private const string Head = "name: a\nmodel: memory-mlp\n";

    private const string Full =
        """
        # The figure of the notebook.
        name: memory-mlp.2
        model: memory-mlp
        steps: 1e3
        measure_every: 0x10
        seeds: [7, 4294967295]
        settings:
          layers: [2, 4.0]
          momentum: 5
          second_order: True
          reset: never
          note: "1e-3"
          target_switch_at: ~
        search:
          parameters:
            learning_rate: {log_uniform: [1e-5, 1e-2]}
            vocab: [2, 4]
          method: random
          trials: 64
          seed: 3
        resources: {device: cuda:1, slots: 2}
        """;

    [Fact]
    public void A_short_file_gets_every_default()
    {
        var spec = SampleFamily.Valid(Head);

        spec.Name.ShouldBe("a");
        spec.Model.ShouldBe("memory-mlp");
        spec.Steps.ShouldBe(5000);
        spec.MeasureEvery.ShouldBe(100);
        spec.Seeds.ShouldBe([0u]);
        spec.Search.ShouldBeNull();
        spec.Resources.ShouldBe(new ResourceSpec("cpu", 1));
        spec.Settings.ShouldBe(
            SampleFamily.Schema.Settings.Select(s => new Setting(s.Name, s.Default)));
    }

    [Fact]
    public void A_full_file_is_read_whole()
    {
        var spec = SampleFamily.Valid(Full);

        spec.Steps.ShouldBe(1000);
        spec.MeasureEvery.ShouldBe(16);
        spec.Seeds.ShouldBe([7u, 4294967295u]);
        spec.Settings.ShouldBe(
        [
            new("layers", new SettingValue.Integers([2, 4])),
            new("momentum", new SettingValue.Real(5)),
            new("second_order", new SettingValue.Flag(true)),
            new("reset", new SettingValue.Text("never")),
            new("note", new SettingValue.Text("1e-3")),
            new("target_switch_at", new SettingValue.Nothing()),
        ]);
        spec.Search.ShouldBe(new SearchSpec(SearchMethod.Random, 64, 3,
        [
            new("vocab", new SearchDomain.Values(
                [new SettingValue.Integer(2), new SettingValue.Integer(4)])),
            new("learning_rate", new SearchDomain.Range(1e-5, 1e-2, Logarithmic: true, null)),
        ]));
        spec.Resources.ShouldBe(new ResourceSpec("cuda:1", 2));
    }

    [Fact]
    public void The_default_interval_of_points_shrinks_to_a_short_run() =>
        SampleFamily.Valid(Head + "steps: 20").MeasureEvery.ShouldBe(20);

    [Fact]
    public void A_settings_section_with_nothing_left_in_it_means_the_defaults() =>
        SampleFamily.Valid(Head + "settings:\n  # momentum: 1\n")
            .ShouldBe(SampleFamily.Valid(Head));

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_text() =>
        SampleFamily.Valid("\uFEFF" + Head).Name.ShouldBe("a");

    [Fact]
    public void All_errors_of_a_file_are_told_in_its_order()
    {
        SampleFamily.Errors(
            """
            name: a
            model: memory-mlp
            stepz: 10
            measure_every: 0
            settings:
              learning_rte: 0.1
              note: 1
              note: b
            """).ShouldBe(
            """
            x.yaml:3:1: unknown key 'stepz'; did you mean 'steps'?
            x.yaml:4:16: measure_every is 0; expected a whole number from 1 to 1000000000
            x.yaml:6:3: unknown key 'learning_rte' in settings; did you mean 'learning_rate'?
            x.yaml:7:9: settings.note is 1; expected a text; put it in quotes if it is a text
            x.yaml:8:3: the key 'note' is here a second time; remove it here or in line 7
            """);
    }

    [Fact]
    public void An_error_carries_its_parts()
    {
        var error = SampleFamily.Parse(Head + "settings: {momentum: -1}").Errors.Single();

        error.ShouldBe(new SpecError("x.yaml", 3, 22, "settings.momentum",
            "settings.momentum is -1", "a number of at least 0", "the default is 0 (original)"));
    }

    [Theory]
    [InlineData("steps: 0", "steps is 0; expected a whole number from 1 to 1000000000")]
    [InlineData("steps: 1000000001", "steps is 1000000001; expected")]
    [InlineData("steps: 1.5", "steps is 1.5; expected")]
    [InlineData("steps: \"10\"", "steps is the text '10'; expected")]
    [InlineData("steps: 99999999999999999999", "steps is 99999999999999999999; expected")]
    [InlineData("steps:", "steps is null; expected")]
    [InlineData("steps: [1]", "steps is a list; expected")]
    [InlineData("steps: 0xffffffffffffffffffff", "expected a whole number")]
    [InlineData("steps: 10\nmeasure_every: 11", "measure_every is 11, more than the 10 steps")]
    [InlineData("seeds: 0", "seeds is 0; expected a whole number from 1 to 1000000")]
    [InlineData("seeds: []", "no seeds; expected at least one")]
    [InlineData("seeds: [1, 2, 1]", "x.yaml:3:15: the seed 1 is here a second time")]
    [InlineData("seeds: [-1]", "seeds is -1; expected a whole number from 0 to 4294967295")]
    [InlineData("settings: 5", "settings is 5; expected a mapping")]
    [InlineData("settings: {zzzzzzzz: 1}", "expected one of vocab, layers,")]
    [InlineData("settings: {learning_rate: .nan}", "settings.learning_rate is .nan; expected")]
    [InlineData("settings: {learning_rate: -.inf}", "is -.inf; expected a number from 0 to 1")]
    [InlineData("settings: {momentum: 1e999}", "is 1e999; expected a number of at least 0")]
    [InlineData("settings: {momentum: 1e-999}", "too small and would become 0")]
    [InlineData("settings: {momentum: abc}", "is the text 'abc'; expected")]
    [InlineData("settings: {momentum: null}", "is null; expected")]
    [InlineData("settings: {vocab: 2.5}", "is 2.5; expected a whole number from 2 to 1000")]
    [InlineData("settings: {second_order: yes}", "expected true or false; write true")]
    [InlineData("settings: {second_order: 1}", "is 1; expected true or false")]
    [InlineData("settings: {reset: nver}", "one of step, never, null; did you mean 'never'?")]
    [InlineData("settings: {reset: null}", "is null; expected one of step")]
    [InlineData("settings: {note: 5}", "put it in quotes if it is a text")]
    [InlineData("settings: {layers: 5}", "such as [2, 4]")]
    [InlineData("settings: {layers: [0]}", "is 0; expected a list of whole numbers from 1 to 4096")]
    [InlineData("settings: {layers: [[2]]}", "is a list; expected a list of whole numbers")]
    [InlineData("settings: {target_switch_at: -1}", "of at least 0, or null")]
    [InlineData("resources: {device: cuda}", "write cuda:0")]
    [InlineData("resources: {device: cuda:01}", "expected cpu or cuda:N")]
    [InlineData("resources: {slots: 0}", "resources.slots is 0; expected")]
    [InlineData("resources: {gpus: 1}", "unknown key 'gpus' in resources")]
    [InlineData("stop: {}", "x.yaml:3:1: 'stop' is not supported yet by this version")]
    [InlineData("learning_rate: 1", "put 'learning_rate' under settings")]
    [InlineData("\"a\\nb\": 1", "unknown key 'a?b'")]
    [InlineData("<<: {}", "unknown key '<<'")]
    public void A_wrong_line_is_refused(string line, string error) =>
        SampleFamily.Errors(Head + line).ShouldContain(error);

    [Theory]
    [InlineData("model: dam", "the key 'name' is missing; expected 1 to 63 of")]
    [InlineData("name: a", "the key 'model' is missing; expected one of memory-mlp, dam")]
    [InlineData("name: a\nmodel: memory-mpl",
        "unknown model 'memory-mpl'; expected one of memory-mlp, dam; did you mean 'memory-mlp'?")]
    [InlineData("name: a\nmodel: [dam]", "model is a list")]
    [InlineData("name: con\nmodel: dam", "the name 'con' is reserved")]
    [InlineData("name: nul.txt\nmodel: dam", "is reserved")]
    [InlineData("name: a.\nmodel: dam", "ends with a dot")]
    [InlineData("name: ../a\nmodel: dam", "cannot be a file name")]
    [InlineData("name: []\nmodel: dam", "name is an empty list")]
    [InlineData("- a", "the file is a list; expected a mapping")]
    [InlineData("hello", "the file is the text 'hello'; expected a mapping")]
    public void A_wrong_head_is_refused(string yaml, string error) =>
        SampleFamily.Errors(yaml).ShouldContain(error);
}
