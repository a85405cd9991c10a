using System.Reflection;
using System.Runtime.Loader;

namespace Stickers.Pipeline.Loading;

/// <summary>
/// Jobs in somebody else's assembly. What that needs is looked up in this program first, so that both mean the same by a job, then beside the
/// assembly by its <c>.deps.json</c>.
/// </summary>
public static class JobAssembly
{
    /// <summary>Makes a job of an assembly and sets its options.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="name">The job's name or that of its class; null when the assembly has only one.</param>
    /// <param name="words">The job's own options, as <see cref="JobSettings.Apply"/> reads them.</param>
    /// <exception cref="JobLoadException">There is no such assembly, job or option.</exception>
    public static Job Load(string path, string? name, IReadOnlyList<string> words)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var job = Choose(JobsOf(Open(Path.GetFullPath(path))), path, name);
        JobSettings.Apply(job, words);
        return job;
    }

    private static Assembly Open(string path)
    {
        if (!File.Exists(path)) throw new JobLoadException($"There is no file '{path}': name the assembly that the job was built into.");
        try
        {
            return new Context(path).LoadFromAssemblyPath(path);
        }
        catch (BadImageFormatException fault)
        {
            throw new JobLoadException($"'{path}' is no .NET assembly: {fault.Message}", fault);
        }
    }

    private static Type[] JobsOf(Assembly assembly)
    {
        try
        {
            return [.. assembly.GetExportedTypes().Where(type => type is { IsAbstract: false, IsGenericTypeDefinition: false } && type.IsSubclassOf(typeof(Job)) && type.GetConstructor([]) is not null)];
        }
        catch (Exception fault) when (fault is FileNotFoundException or FileLoadException or TypeLoadException or ReflectionTypeLoadException)
        {
            throw new JobLoadException($"'{assembly.Location}' cannot be read: {fault.Message} Publish it, or build it with EnableDynamicLoading, so that what it needs lies beside it.", fault);
        }
    }

    private static Job Choose(Type[] types, string path, string? name)
    {
        if (types.Length == 0) throw new JobLoadException($"'{path}' has no job: expected a public class with a constructor without arguments that derives from {typeof(Job<,,,>).FullName![..^2]}.");
        var jobs = types.Select(Create).OrderBy(job => job.Name, StringComparer.Ordinal).ToArray();
        var found = jobs.Where(job => name is null || job.Name == name || job.GetType().Name == name).ToArray();
        if (found.Length == 1) return found[0];
        var all = string.Join(", ", jobs.Select(job => job.Name));
        throw new JobLoadException(name is null ? $"'{path}' has several jobs ({all}): choose one with --job." : $"'{path}' has no job '{name}', but {all}.");
    }

    private static Job Create(Type type)
    {
        try
        {
            return (Job)Activator.CreateInstance(type)!;
        }
        catch (TargetInvocationException fault)
        {
            throw new JobLoadException($"{type.FullName} cannot be made: {fault.InnerException!.Message}", fault.InnerException);
        }
    }

    private sealed class Context(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        private readonly AssemblyDependencyResolver _beside = new(path);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            try
            {
                return Default.LoadFromAssemblyName(assemblyName);
            }
            catch (Exception missing) when (missing is FileNotFoundException or FileLoadException)
            {
                return _beside.ResolveAssemblyToPath(assemblyName) is { } file ? LoadFromAssemblyPath(file) : null;
            }
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _beside.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
    }
}
