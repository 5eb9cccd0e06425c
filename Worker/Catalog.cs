namespace Mneme.Worker;

/// <summary>The experiment families this worker can run. Adding one is a line here.</summary>
public static class Catalog;
