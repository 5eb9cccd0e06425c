using Mneme.Worker.Torch;
using Shouldly;
using Xunit;

namespace Mneme.Tests.Worker.Torch;

/// <summary>Debian's serial OpenBLAS gave one wrong product in a hundred when two threads
/// multiplied at once: it has no locks.</summary>
public sealed class BlasTests
{
    [Fact]
    public void Threads_that_multiply_at_once_do_not_spoil_each_others_products()
    {
        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, 4).Select(i => new Thread(() => Multiply(i, failures)));
        var started = threads.ToList();
        started.ForEach(thread => thread.Start());
        started.ForEach(thread => thread.Join());

        failures.ShouldBeEmpty();
    }

    private static void Multiply(int index, List<Exception> failures)
    {
        try
        {
            using var scope = new TensorScope();
            var a = Sample.Normal(index, 1, 32 + index * 8, 40);
            var b = Sample.Normal(index + 9, 1, 40, 32);
            var (product, flat) = (a.Bmm(b), a.Select(0, 0).MatMul(b.Select(0, 0)));
            for (int i = 0; i < 20_000; i++)
            {
                using var step = new TensorScope();
                a.Bmm(b).ShouldHaveTheBitsOf(product);
                a.Select(0, 0).MatMul(b.Select(0, 0)).ShouldHaveTheBitsOf(flat);
            }
        }
        catch (Exception exception)
        {
            lock (failures) failures.Add(exception);
        }
    }
}
