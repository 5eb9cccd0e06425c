using Mneme.Coordinator.Experiments;

namespace Mneme.Coordinator.Leadership;

/// <summary>Results are files of the leader's: written once the last segment is committed, and
/// again until that succeeds. An experiment is done when they are there.</summary>
public sealed partial class ReignActor
{
    private static readonly TimeSpan PublishAgain = TimeSpan.FromSeconds(30);

    private void Publish(string name)
    {
        hosted[name] = hosted[name] with { IsBeingPublished = true };
        Here.Later(
            Write(name), _ => new ReignMessage.Published(name),
            error => new ReignMessage.Unpublished(name, error));
    }

    private async Task<bool> Write(string name)
    {
        await outside.Publish(await Submission.Restore(
            outside.Journal, outside.Schemas, await outside.Journal.Read(name), epoch));
        return true;
    }

    private void Note(ReignMessage.Published published) =>
        hosted[published.Experiment] = hosted[published.Experiment] with
        {
            IsPublished = true, Unwritten = null,
        };

    // All of it is in the journal: a full disk only delays the files.
    private void Note(ReignMessage.Unpublished unpublished)
    {
        var (name, error) = (unpublished.Experiment, unpublished.Error);
        Here.Log.Error($"the results of {name} cannot be written", error);
        hosted[name] = hosted[name] with
        {
            Unwritten = $"its results cannot be written: {error.Message}",
        };
        Here.After($"publish {name}", PublishAgain, new ReignMessage.Publish(name));
    }
}
