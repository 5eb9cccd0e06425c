using System.Diagnostics;
using Mneme.Results;
using Mneme.Tests.Worker.Torch;
using Mneme.Worker.Torch;
using Mneme.Worker.Weights;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Weights;

/// <summary>Which files are a GPT-2, and which are refused, by name and reason.</summary>
public sealed class WeightFileTests : IDisposable
{
    private static readonly TinyGpt2 Net = new(TinyGpt2.Small);
    private readonly string folder = Directory.CreateTempSubdirectory("mneme-weights-").FullName;

    [Theory]
    [InlineData("F32", ""), InlineData("F32", "transformer."), InlineData("F16", "")]
    [InlineData("BF16", ""), InlineData("F64", "transformer.")]
    public void Published_files_of_any_precision_are_read(string type, string prefix)
    {
        Net.WriteConfig(folder);
        ShouldBeTheNet(Net.Write(folder, type, prefix));
    }

    [Fact]
    public void A_folder_is_read_too_and_a_net_in_several_files()
    {
        Net.WriteConfig(folder);
        Net.Write(folder, name: "a.safetensors", which: name => name.Contains(".0."));
        Net.Write(folder, name: "b.safetensors", which: name => !name.Contains(".0."));
        var map = string.Join(", ", Net.Tensors.Keys.Select(name =>
            $"\"{name}\": \"{(name.Contains(".0.") ? "a" : "b")}.safetensors\""));
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"),
            $$"""{"weight_map": { {{map}} } }""");

        ShouldBeTheNet(folder);
    }

    [PyTorchTheory]
    [InlineData("torch.save(p, path)")]
    [InlineData("torch.save(p, path, _use_new_zipfile_serialization=False)")]
    [InlineData("torch.save({n: torch.nn.Parameter(t) for n, t in p.items()}, path)")]
    [InlineData("torch.save({n: t.half() for n, t in p.items()}, path)")]
    [InlineData("torch.save({'transformer.' + n: t.bfloat16() for n, t in p.items()}, path)")]
    [InlineData("torch.save({n: t.t().contiguous().t() if t.dim() == 2 else t "
        + "for n, t in p.items()}, path)")]
    [InlineData("m = torch.nn.ParameterDict({n.replace('.', '#'): t for n, t in p.items()})\n"
        + "d = m.state_dict()\nfor n in list(d): d[n.replace('#', '.')] = d.pop(n)\n"
        + "torch.save(d, path)")]
    public void What_PyTorch_saves_is_read(string save)
    {
        Net.WriteConfig(folder);
        ShouldBeTheNet(Saved(save));
    }

    [PyTorchTheory]
    [InlineData(false), InlineData(true)]
    public void A_pickle_with_code_is_refused_by_what_it_would_call_and_runs_nothing(bool legacy)
    {
        var sign = Path.Combine(folder, "was_run");
        var path = Saved($$"""
            class Evil:
                def __reduce__(self):
                    import os
                    return os.system, ('touch {{sign}}',)
            torch.save({'wte.weight': Evil()}, path, _use_new_zipfile_serialization={{(legacy
                ? "False" : "True")}})
            """);

        ErrorOf(path).ShouldBe("saved.bin: it would call 'posix.system': a file of weights "
            + "holds tensors and nothing that runs");
        File.Exists(sign).ShouldBeFalse();
    }

    [PyTorchTheory]
    [InlineData("torch.save({'model': p}, path)",
        "saved.bin: 'model' is no tensor; save the model's state_dict() alone")]
    [InlineData("torch.save(p['wte.weight'], path)", "saved.bin: it holds no dict of tensors")]
    [InlineData("torch.save({n: t.long() for n, t in p.items()}, path)",
        "saved.bin: tensor 'wte.weight' is I64, no floating-point numbers")]
    [InlineData("p['wte.weight'] = torch.zeros(1).expand(1 << 40, 12)\ntorch.save(p, path)",
        "saved.bin: tensor 'wte.weight' [1099511627776, 12] reaches beyond its storage of "
        + "1 numbers")]
    [InlineData("import pickle\npickle.dump(1, open(path, 'wb'))",
        "saved.bin: it is a pickle, but none of PyTorch's")]
    [InlineData("import zipfile\nzipfile.ZipFile(path, 'w').writestr('a', 'b')",
        "saved.bin: it is a zip without data.pkl")]
    [InlineData("p['h.1.attn.c_attn.weight'] = p['h.1.attn.c_attn.weight'].t()\n"
        + "torch.save(p, path)",
        "saved.bin: tensor 'h.1.attn.c_attn.weight' is [36, 12], a GPT-2 of this size has "
        + "[12, 36] there")]
    public void Other_files_of_PyTorch_are_refused(string save, string reason)
    {
        Net.WriteConfig(folder);
        ErrorOf(Saved(save)).ShouldBe(reason);
    }

    [PyTorchTheory]
    [InlineData("torch.save(p, path)")]
    [InlineData("torch.save(p, path, _use_new_zipfile_serialization=False)")]
    public void A_file_of_PyTorch_that_is_cut_anywhere_is_refused(string save)
    {
        Net.WriteConfig(folder);
        ShouldBeRefusedWhenCut(Saved(save));
    }

    [Fact]
    public void A_safetensors_file_that_is_cut_anywhere_is_refused()
    {
        Net.WriteConfig(folder);
        ShouldBeRefusedWhenCut(Net.Write(folder));
    }

    [PyTorchTheory]
    [InlineData("torch.save(p, path)")]
    [InlineData("torch.save(p, path, _use_new_zipfile_serialization=False)")]
    [InlineData("import shutil\nshutil.copy(path.replace('saved.bin', 'net'), path)")]
    public void A_damaged_byte_is_refused_or_changes_a_number_and_does_nothing_else(string save)
    {
        Net.WriteConfig(folder);
        var whole = File.ReadAllBytes(Saved(save));
        var damaged = Path.Combine(folder, "damaged.bin");
        var places = new Mneme.Random.RandomStream(5, 1);
        for (var i = 0; i < 400; i++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[places.Integer(i, Math.Min(whole.Length, 3000))] ^= (byte)(1 + i % 255);
            File.WriteAllBytes(damaged, bytes);
            try { Gpt2Model.Load(damaged, Device.Cpu).Free(); }
            catch (MalformedFileException error) { error.Message.ShouldStartWith("damaged.bin: "); }
        }
    }

    [Fact]
    public void A_net_without_a_tensor_or_with_one_of_another_type_is_refused()
    {
        ErrorOf(Net.Write(folder, which: name => name != "h.1.ln_2.bias")).ShouldBe(
            "model.safetensors: it has no tensor 'h.1.ln_2.bias': it is no GPT-2");
        ErrorOf(Net.Write(folder, "I64")).ShouldBe(
            "model.safetensors: tensor 'wte.weight' is I64, no floating-point numbers");
    }

    [Theory]
    [InlineData(", \"n_layer\": 3", "config.json says 3 layers")]
    [InlineData(", \"n_head\": 0", "config.json: n_head is not positive")]
    [InlineData(", \"n_embd\": \"12\"", "config.json: it is no description of a GPT-2")]
    [InlineData(", \"layer_norm_epsilon\": 1e-6", "layer_norm_epsilon is 1e-6")]
    [InlineData(", \"scale_attn_by_inverse_layer_idx\": true", "expected False")]
    public void A_description_of_another_net_is_refused(string more, string reason)
    {
        Net.WriteConfig(folder, more);
        ErrorOf(Net.Write(folder)).ShouldContain(reason, Case.Sensitive);
    }

    [Fact]
    public void A_description_that_the_weights_contradict_is_refused()
    {
        new TinyGpt2(TinyGpt2.Small with { Vocabulary = 20 }).WriteConfig(folder);
        ErrorOf(Net.Write(folder)).ShouldBe(
            "model.safetensors: config.json says 2 layers, 2 heads, width 12, context 32, "
            + "20 words, the weights are 2 layers, 2 heads, width 12, context 32, 19 words");
    }

    [Fact]
    public void An_index_that_leads_out_of_its_folder_is_refused()
    {
        var index = Path.Combine(folder, "model.safetensors.index.json");
        File.WriteAllText(index, """{"weight_map": {"wte.weight": "../elsewhere"}}""");
        ErrorOf(index).ShouldEndWith("it names files of other folders");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Saved(string script)
    {
        var (net, path) = (Net.Write(folder, name: "net"), Path.Combine(folder, "saved.bin"));
        PyTorch.Run<int>($$"""
            import struct
            raw = open('{{net}}', 'rb').read()
            n = struct.unpack('<Q', raw[:8])[0]
            p = {k: torch.frombuffer(bytearray(raw[8 + n + e['data_offsets'][0]:
                                                   8 + n + e['data_offsets'][1]]),
                                     dtype=torch.float32).view(e['shape'])
                 for k, e in json.loads(raw[8:8 + n]).items()}
            path = '{{path}}'
            {{script}}
            print(1)
            """);
        return path;
    }

    private static void ShouldBeTheNet(string path)
    {
        using var scope = new TensorScope();
        var model = Gpt2Model.Load(path, Device.Cpu);
        model.Shape.ShouldBe(Net.Shape);
        foreach (var (name, (shape, values)) in Net.Tensors)
        {
            model.Weights[name].Shape.ToArray().ShouldBe([1, .. shape]);
            model.Weights[name].ToArray<float>().ShouldBe(values, name);
        }
        model.Free();
    }

    private void ShouldBeRefusedWhenCut(string path)
    {
        var whole = File.ReadAllBytes(path);
        var cut = Path.Combine(folder, "cut.bin");
        foreach (var length in Enumerable.Range(0, 40).Select(i => whole.Length * i / 40))
        {
            File.WriteAllBytes(cut, whole[..length]);
            ErrorOf(cut).ShouldStartWith("cut.bin: ");
        }
    }

    private static string ErrorOf(string path)
    {
        var watch = Stopwatch.StartNew();
        var error = Should.Throw<MalformedFileException>(
            () => Gpt2Model.Load(path, Device.Cpu)).Message;
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        return error;
    }
}
