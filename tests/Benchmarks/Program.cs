using Mneme.Benchmarks;
using Mneme.Worker.Torch;
TorchThread.Prepare();
int[] counts = args.Length > 0 ? args.Select(int.Parse).ToArray() : [1, 4, 8, 16, 32, 64, 128, 512];
static double Cpu() => double.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0]) / 1e3;
foreach (int k in counts)
{
    using var net = new MemoryMlpStep(k);
    int n = Math.Max(10, 4000 / (k + 8));
    for (int i = 0; i < n * 10; i++) net.Step();
    double best = double.MaxValue;
    for (int r = 0; r < 60; r++)
    {
        var watch = Cpu();
        for (int i = 0; i < n; i++) net.Step();
        best = Math.Min(best, (Cpu() - watch) / n);
    }
    net.Losses.FillInPlace(0); net.Hits.FillInPlace(0);
    for (int i = 0; i < 100; i++) net.Step();
    Console.WriteLine($"K={k} cpu {best:F1} us/step {best / k:F2} us/trial-step {1e6 / best * k:F0} trial-steps/s, loss {net.Losses.ToArray<float>().Average() / 100:F4} hits {net.Hits.ToArray<long>().Average():F1}");
}
