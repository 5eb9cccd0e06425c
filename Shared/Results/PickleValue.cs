using System.Collections;

namespace Mneme.Results;

/// <summary>What a result's pickle may hold: plain Python values and numpy arrays.</summary>
public abstract record PickleValue
{
    private PickleValue() { }

    public static readonly PickleValue None = new Nothing();

    public sealed record Nothing : PickleValue;
    public sealed record Flag(bool Value) : PickleValue;
    public sealed record Integer(long Value) : PickleValue;
    public sealed record Real(double Value) : PickleValue;
    public sealed record Text(string Value) : PickleValue;

    /// <summary>A numpy array; the name is not part of it.</summary>
    public sealed record Array(NamedArray Value) : PickleValue;

    /// <summary>A list; a collection initialiser fills it.</summary>
    public sealed record List : PickleValue, IEnumerable<PickleValue>
    {
        private readonly List<PickleValue> _items = [];

        public List() { }
        public List(IEnumerable<PickleValue> items) => _items.AddRange(items);

        public void Add(PickleValue item) => _items.Add(item);
        public IEnumerator<PickleValue> GetEnumerator() => _items.GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>A dict in the order in which it is filled; keys are texts or whole numbers.
    /// </summary>
    public sealed record Dict : PickleValue, IEnumerable<KeyValuePair<PickleValue, PickleValue>>
    {
        private readonly List<KeyValuePair<PickleValue, PickleValue>> _entries = [];
        private readonly HashSet<PickleValue> _keys = [];

        public PickleValue this[PickleValue key] { set => Add(key, value); }

        /// <exception cref="ArgumentException">The key is there, or can be none.</exception>
        public void Add(PickleValue key, PickleValue value)
        {
            if (key is not (Text or Integer) || !_keys.Add(key))
                throw new ArgumentException($"{key} is no key, or a second one");
            _entries.Add(new(key, value));
        }

        public IEnumerator<KeyValuePair<PickleValue, PickleValue>> GetEnumerator() =>
            _entries.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    public static implicit operator PickleValue(string value) => new Text(value);
    public static implicit operator PickleValue(bool value) => new Flag(value);
    public static implicit operator PickleValue(long value) => new Integer(value);
    public static implicit operator PickleValue(double value) => new Real(value);
    public static implicit operator PickleValue(NamedArray value) => new Array(value);
}
