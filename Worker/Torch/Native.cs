using System.Runtime.InteropServices;

namespace Mneme.Worker.Torch;

/// <summary>The functions of the shim; see <c>shim/</c> for what each does.</summary>
internal static unsafe partial class Native
{
    private const string Library = "mneme_torch";

    [LibraryImport(Library, EntryPoint = "mneme_error")]
    private static partial nint ErrorText();

    [LibraryImport(Library, EntryPoint = "mneme_version")]
    private static partial nint VersionText();

    [LibraryImport(Library, EntryPoint = "mneme_blas")]
    private static partial nint BlasText();

    internal static string Error() => Marshal.PtrToStringUTF8(ErrorText()) ?? "";

    internal static string Version() => Marshal.PtrToStringUTF8(VersionText()) ?? "";

    internal static string Blas() => Marshal.PtrToStringUTF8(BlasText()) ?? "";

    [LibraryImport(Library, EntryPoint = "mneme_cuda_available")]
    internal static partial int CudaAvailable();

    [LibraryImport(Library, EntryPoint = "mneme_operator",
        StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint FindOperator(string name, string overload);

    [LibraryImport(Library, EntryPoint = "mneme_call")]
    internal static partial int Call(
        nint callee, NativeValue* arguments, int given, NativeValue* results, int capacity);

    [LibraryImport(Library, EntryPoint = "mneme_pretend_elsewhere")]
    internal static partial void PretendElsewhere(int on);

    [LibraryImport(Library, EntryPoint = "mneme_free")]
    internal static partial void Free(nint* handles, int count);

    [LibraryImport(Library, EntryPoint = "mneme_from_bytes")]
    internal static partial nint FromBytes(
        void* data, long bytes, long* sizes, int dimensions, int dtype, nint device);

    [LibraryImport(Library, EntryPoint = "mneme_write")]
    internal static partial int Write(nint handle, void* data, long bytes);

    [LibraryImport(Library, EntryPoint = "mneme_read")]
    internal static partial int Read(nint handle, void* data, long bytes);

    [LibraryImport(Library, EntryPoint = "mneme_facts")]
    internal static partial int Facts(nint handle, NativeFacts* facts);

    [LibraryImport(Library, EntryPoint = "mneme_device")]
    internal static partial int Device(nint handle, byte* text, int capacity);

    [LibraryImport(Library, EntryPoint = "mneme_grad")]
    internal static partial int Grad(
        nint* outputs, int outputCount, nint* inputs, int inputCount, nint* gradOutputs,
        int createGraph, int retainGraph, int allowUnused, nint* gradients);

    [LibraryImport(Library, EntryPoint = "mneme_backward")]
    internal static partial int Backward(nint output, nint gradOutput);

    [LibraryImport(Library, EntryPoint = "mneme_set_requires_grad")]
    internal static partial int SetRequiresGrad(nint handle, int on);

    [LibraryImport(Library, EntryPoint = "mneme_gradient")]
    internal static partial nint Gradient(nint handle);

    [LibraryImport(Library, EntryPoint = "mneme_grad_mode")]
    internal static partial int GradMode(int on);

    [LibraryImport(Library, EntryPoint = "mneme_prepare_thread")]
    internal static partial int PrepareThread(int niceness);

    [LibraryImport(Library, EntryPoint = "mneme_keep_freed_memory")]
    internal static partial void KeepFreedMemory();

    [LibraryImport(Library, EntryPoint = "mneme_adam")]
    internal static partial int Adam(
        NativeAdamEntry* entries, int count, NativeAdamSettings* settings);

    [LibraryImport(Library, EntryPoint = "mneme_finite")]
    internal static partial int Finite(nint* handles, int count, nint finite);

    [LibraryImport(Library, EntryPoint = "mneme_select_kernels",
        StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SelectKernels(string? name);

    [LibraryImport(Library, EntryPoint = "mneme_kernels")]
    private static partial nint KernelsText();

    internal static string Kernels() => Marshal.PtrToStringUTF8(KernelsText()) ?? "";
}
