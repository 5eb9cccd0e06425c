using Mneme.Actors;
using Mneme.Configuration;
using Mneme.Web;

namespace Mneme.Coordinator.Api;

/// <summary>What every endpoint of one server shares.</summary>
internal sealed record ApiContext(
    NodeConfiguration Settings, TimeProvider Clock, Log Log, ViewStream Events);
