using System.Diagnostics;
using Mneme.Tests.Tidy;

namespace Mneme.Tests.Launcher;

/// <summary>
/// A machine made of a temporary folder: the launcher, a tree of sources with a space in its path,
/// and stand-ins for dotnet and Debian's tools that write down how they are called.
/// </summary>
internal sealed class FreshMachine : IDisposable
{
    private static readonly string[] Tools =
    [
        "bash", "basename", "cat", "cp", "cut", "dirname", "env", "find", "flock", "grep", "head",
        "ln", "mkdir", "mktemp", "mv", "readlink", "rm", "sleep", "tail", "touch", "tr", "true",
        "uname",
    ];

    private readonly string home = Directory.CreateTempSubdirectory("mneme launcher ").FullName;

    public FreshMachine()
    {
        foreach (var folder in new[] { "Shared", "Worker", "Coordinator", "Lighthouse", "tests" })
            Write($"tree/{folder}/source.cs", "");
        foreach (var file in new[]
                 {
                     "Directory.Build.props", "Directory.Packages.props", ".editorconfig",
                     "global.json", "BannedSymbols.txt", "Cluster.sln", "tests/Tests.csproj",
                 })
            Write($"tree/{file}", "");
        foreach (var script in new[] { "mneme", "tests/run" })
            File.Copy(Path.Combine(Repository.Root, script), At($"tree/{script}"));
        Directory.CreateDirectory(At("bin"));
        foreach (var tool in Tools) Link(tool);
        Install("id", "echo ${FAKE_UID:-0}");
        Install("dpkg-query", "grep -qx -- \"${*: -1}\" \"$FAKE/installed\" && echo -n installed");
        Install("dotnet", Dotnet);
        Install("apt-get", Apt);
        Install("npm", "echo \"npm $*\" >>\"$FAKE/calls\"; touch \"$4/package.tgz\"");
        Install("tar", "mkdir -p \"$4/package\"; echo table >\"$4/$5\"");
        Install("sha256sum", "exit ${FAKE_DAMAGED:-0}");
        Write("installed", "");
        Write("calls", "");
    }

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>How the stand-ins were called, one line a call.</summary>
    public string[] Calls => File.ReadAllLines(At("calls"));

    public IEnumerable<string> Builds =>
        Calls.Where(call => call.StartsWith("dotnet build", StringComparison.Ordinal));

    // A build of this dotnet leaves a program that prints its arguments, and takes its time.
    private const string Dotnet = """
        echo "dotnet $*" >>"$FAKE/calls"
        case $1 in
          --list-sdks) echo "${FAKE_SDK:-10.0.401} [/sdk]" ;;
          build)
            [[ -z ${FAKE_BROKEN:-} ]] || { echo "error CS0000: broken"; exit 1; }
            sleep "${FAKE_BUILD_SECONDS:-0}"
            mkdir -p .build/bin/{Coordinator,Worker}/release
            echo "$MNEME_LIBTORCH" >.build/bin/Coordinator/release/mneme.dll ;;
          test)
            all=$*
            trx=${all#*LogFileName=}
            trx=${trx%% --logger*}
            [[ -z ${FAKE_COUNTERS:-} ]] || echo "<Counters $FAKE_COUNTERS />" >"$trx"
            exit "${FAKE_TEST_EXIT:-0}" ;;
          *)
            shift
            printf '<%s>' "$@"
            if [[ ${1:-} == wait ]]; then sleep 30 8>&- & echo; wait; fi
            exit "${FAKE_EXIT:-0}" ;;
        esac
        """;

    private const string Apt = """
        echo "apt-get $*" >>"$FAKE/calls"
        for word in "$@"; do
          [[ $word != update ]] || touch "$FAKE/lists"
        done
        [[ -e $FAKE/lists ]] || { echo "E: Unable to locate package"; exit 100; }
        if [[ $* == *install* ]]; then printf '%s\n' "$@" >>"$FAKE/installed"; fi
        """;

    public string At(string path) => Path.Combine(home, path);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    /// <summary>Puts a script of this body on the machine's PATH.</summary>
    public void Install(string tool, string body)
    {
        Write($"bin/{tool}", $"#!/bin/bash\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(At($"bin/{tool}"), (UnixFileMode)0b111_101_101);
    }

    public void Remove(string tool) => File.Delete(At($"bin/{tool}"));

    public Process Start(string launcher, params string[] arguments)
    {
        var start = new ProcessStartInfo(At(launcher), arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            RedirectStandardInput = true, WorkingDirectory = home,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = At("bin");
        start.Environment["FAKE"] = home;
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public Finished Run(params string[] arguments) => Finish(Start("tree/mneme", arguments));

    public static Finished Finish(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new Finished(process.ExitCode, output, error.GetAwaiter().GetResult());
        }
    }

    public void Dispose() => Directory.Delete(home, recursive: true);

    private void Link(string tool)
    {
        var folder = new[] { "/usr/bin", "/bin" }.First(f => File.Exists(Path.Combine(f, tool)));
        File.CreateSymbolicLink(At($"bin/{tool}"), Path.Combine(folder, tool));
    }
}

internal sealed record Finished(int ExitCode, string Output, string Error);
