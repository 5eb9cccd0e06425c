using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;
using Mneme.Results;

namespace Mneme.Worker.Weights;

/// <summary>Reads what PyTorch pickles of a dict of tensors, and executes nothing: the few
/// instructions that such a pickle needs build plain values, and the only names that may occur
/// are those of storages and of what puts a tensor together. All else is refused by name.
/// </summary>
/// <remarks>Source: Python's <c>pickletools</c>, <c>torch/serialization.py</c>.</remarks>
internal sealed class StateDictPickle(Stream stream, string file)
{
    public const byte FirstByte = 0x80;
    private const int MostText = 1 << 16, MostValues = 1 << 22;
    private const long MostNumbers = 1L << 40;
    private const string Dict = "collections OrderedDict";
    private const string Tensor = "torch._utils _rebuild_tensor_v2";
    private const string Parameter = "torch._utils _rebuild_parameter";

    private static readonly object Mark = new();
    private static readonly FrozenDictionary<byte, Action<StateDictPickle>> Instructions = Table();

    private readonly List<object?> stack = [];
    private readonly Dictionary<int, object?> memo = [];

    /// <summary>The value of the pickle that begins here; the stream is then behind it.</summary>
    /// <exception cref="MalformedFileException">It holds anything but tensors.</exception>
    /// <exception cref="EndOfStreamException">It is cut.</exception>
    public object? Read()
    {
        try
        {
            while (true)
            {
                var instruction = Byte();
                if (instruction == (byte)'.') return Pop();
                if (!Instructions.TryGetValue(instruction, out var run))
                    throw Refused($"instruction 0x{instruction:x2} has no place in a state dict");
                run(this);
                if (stack.Count + memo.Count > MostValues) throw Refused("it has too many values");
            }
        }
        catch (Exception error) when (
            error is InvalidCastException or ArgumentException or KeyNotFoundException)
        {
            throw Refused("its pickle is no dict of tensors");
        }
    }

    private static FrozenDictionary<byte, Action<StateDictPickle>> Table()
    {
        var table = new Dictionary<byte, Action<StateDictPickle>>
        {
            [FirstByte] = p => p.Byte(),
            [0x95] = p => p.Bytes(sizeof(ulong)),                       // frame
            [0x88] = p => p.Push(true),
            [0x89] = p => p.Push(false),
            [0x8a] = p => p.Push(p.LongNumber()),
            [0x8c] = p => p.Push(p.Text(p.Byte())),
            [0x93] = p => p.PushName((string)p.Pop()!, (string)p.Pop()!),
            [0x94] = p => p.memo[p.memo.Count] = p.stack[^1],
            [0x85] = p => p.PushTuple(1),
            [0x86] = p => p.PushTuple(2),
            [0x87] = p => p.PushTuple(3),
        };
        AddLetters(table);
        return table.ToFrozenDictionary();
    }

    private static void AddLetters(Dictionary<byte, Action<StateDictPickle>> table)
    {
        void Add(char letter, Action<StateDictPickle> run) => table.Add((byte)letter, run);

        Add('(', p => p.Push(Mark));
        Add('N', p => p.Push(null));
        Add('}', p => p.Push(new PickledDict()));
        Add(']', p => p.Push(new List<object?>()));
        Add(')', p => p.Push(Array.Empty<object?>()));
        Add('t', p => p.Push(p.PopToMark()));
        Add('K', p => p.Push((long)p.Byte()));
        Add('M', p => p.Push((long)BinaryPrimitives.ReadUInt16LittleEndian(p.Bytes(2))));
        Add('J', p => p.Push((long)p.Int32()));
        Add('G', p => p.Push(BinaryPrimitives.ReadDoubleBigEndian(p.Bytes(8))));
        Add('X', p => p.Push(p.Text(p.Int32())));
        Add('q', p => p.memo[p.Byte()] = p.stack[^1]);
        Add('r', p => p.memo[p.Int32()] = p.stack[^1]);
        Add('h', p => p.Push(p.memo[p.Byte()]));
        Add('j', p => p.Push(p.memo[p.Int32()]));
        Add('c', p => p.PushName(second: null, p.Line()));
        Add('Q', p => p.Push(p.Storage((object?[])p.Pop()!)));
        Add('R', p => p.Call((object?[])p.Pop()!, (PickledName)p.Pop()!));
        Add('b', p => p.Ignore(p.Pop()));
        Add('s', p => p.SetItems([p.Pop(), p.Pop()], reversed: true));
        Add('u', p => p.SetItems(p.PopToMark(), reversed: false));
        Add('a', p => p.Append([p.Pop()]));
        Add('e', p => p.Append(p.PopToMark()));
    }

    private void Push(object? value) => stack.Add(value);

    private object? Pop()
    {
        var value = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object?[] PopToMark()
    {
        var mark = stack.LastIndexOf(Mark);
        object?[] values = [.. stack[(mark + 1)..]];
        stack.RemoveRange(mark, stack.Count - mark);
        return values;
    }

    private void PushTuple(int count)
    {
        object?[] values = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        Push(values);
    }

    private void PushName(string? second, string first)
    {
        var name = $"{first} {second ?? Line()}";
        if (name is not (Dict or Tensor or Parameter) && !PickledStorage.IsType(name))
            throw Refused($"it would call '{name.Replace(' ', '.')}': a file of weights holds "
                + "tensors and nothing that runs");
        Push(new PickledName(name));
    }

    private void Call(object?[] arguments, PickledName name) => Push(name.Name switch
    {
        Dict => new PickledDict(),
        Parameter => (PickledTensor)arguments[0]!,
        Tensor => new PickledTensor((PickledStorage)arguments[0]!, (long)arguments[1]!,
            [.. ((object?[])arguments[2]!).Cast<long>()],
            [.. ((object?[])arguments[3]!).Cast<long>()]),
        _ => throw Refused($"it calls '{name.Name.Replace(' ', '.')}'"),
    });

    // ('storage', type, key, place, count), and in old files a view, which is not supported.
    private PickledStorage Storage(object?[] id) =>
        id is ["storage", PickledName type, string key, _, long and >= 0 and <= MostNumbers, ..]
            && (id.Length == 5 || id[5] is null)
            ? new PickledStorage(PickledStorage.TypeOf(type.Name), key, (long)id[4]!)
            : throw Refused("it has a storage of another kind");

    // What torch notes on a dict beside its entries.
    private void Ignore(object? _)
    {
        if (stack[^1] is not PickledDict) throw Refused("it sets an object's state");
    }

    private void SetItems(object?[] pairs, bool reversed)
    {
        if (reversed) Array.Reverse(pairs);
        var dict = (PickledDict)stack[^1]!;
        for (var i = 0; i + 1 < pairs.Length; i += 2) dict[(string)pairs[i]!] = pairs[i + 1];
    }

    private void Append(object?[] values) => ((List<object?>)stack[^1]!).AddRange(values);

    private byte Byte() => stream.ReadByte() is >= 0 and var one
        ? (byte)one : throw new EndOfStreamException("it ends");

    private byte[] Bytes(int count)
    {
        if (count is < 0 or > MostText) throw Refused($"it has a text of {count} bytes");
        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));

    // Longer ones are magic numbers, of which the last bytes suffice.
    private long LongNumber()
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        var bytes = Bytes(Byte());
        bytes.AsSpan(0, Math.Min(bytes.Length, number.Length)).CopyTo(number);
        return BinaryPrimitives.ReadInt64LittleEndian(number);
    }

    private string Text(int length) => Encoding.UTF8.GetString(Bytes(length));

    private string Line()
    {
        var text = new StringBuilder();
        for (var one = Byte(); one != '\n'; one = Byte())
            if (text.Append((char)one).Length > MostText) throw Refused("it has no end of a line");
        return text.ToString();
    }

    private MalformedFileException Refused(string why) => new(file, why);
}
