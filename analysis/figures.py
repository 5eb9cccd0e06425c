"""Draws the figures of an experiment with switches from its result files.

    python3 analysis/figures.py results/sequence-switch-small [--out FOLDER]

It needs numpy and matplotlib, and no Mneme. Start from it for figures of your own.
"""

import argparse
import os

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import utils


class Experiment:
    """The numbers of all trials: arrays [trial, point], NaN where a schedule has ended."""

    def __init__(self, folder):
        data = utils.load(folder)
        self.folder, self.name, self.logs = folder, data["name"], data.get("logs", [])
        self.step, self.phase, self.points = data["step"], data["phase"], data["points"]
        self.sets, self.schedules = data["sets"], data["schedules"]
        self.schedule, self.phase_sets = data["trials"]["schedule"], data["phase_sets"]

    def rows(self, schedule):
        """Trials that ran a schedule: one for each configuration and seed."""
        return np.flatnonzero(self.schedule == schedule)

    def phases(self, schedule):
        """First and last point of each phase of a schedule."""
        own = self.phase[self.rows(schedule)[0]]
        return [(np.flatnonzero(own == p)[0], np.flatnonzero(own == p)[-1])
                for p in range(own.max() + 1)]

    def switches(self, schedule):
        """Steps at which the phases after the first begin."""
        return [self.step[first] for first, _ in self.phases(schedule)[1:]]

    def of_sets(self, measure):
        """A measure of every set.   # [trial, point, set]"""
        return np.stack([self.points[f"{measure}.{name}"] for name in self.sets], axis=-1)

    def accuracy_matrix(self, schedule):
        """R[i, j]: accuracy on set j at the end of phase i, by trial.   # [trial, phase, set]"""
        ends = [last for _, last in self.phases(schedule)]
        return self.of_sets("set_accuracy")[self.rows(schedule)][:, ends]


def band(ax, x, values, label):
    """Median over trials, with a band between the quartiles."""
    known = ~np.isnan(values).all(axis=0)
    low, middle, high = np.nanquantile(values[:, known], [.25, .5, .75], axis=0)
    line, = ax.plot(x[known], middle, label=label)
    ax.fill_between(x[known], low, high, alpha=.2, color=line.get_color(), linewidth=0)


def switch_lines(ax, steps):
    for step in steps:
        ax.axvline(step, color="gray", linestyle="--", linewidth=1)


def learning_curves(experiment):
    figure, ax = plt.subplots(figsize=(8, 4.5))
    for s, name in enumerate(experiment.schedules[:10]):
        band(ax, experiment.step, experiment.points["accuracy"][experiment.rows(s)], name)
        switch_lines(ax, experiment.switches(s))
    ax.set(xlabel="step", ylabel="accuracy", title=f"{experiment.name}: learning curves")
    ax.legend(fontsize=8)
    return figure


def sets_over_time(experiment, schedule=0):
    figure, ax = plt.subplots(figsize=(8, 4.5))
    rows, accuracy = experiment.rows(schedule), experiment.of_sets("set_accuracy")
    for j, name in enumerate(experiment.sets):
        band(ax, experiment.step, accuracy[rows, :, j], f"set {name}")
    for measure, style in [("set_chance", ":"), ("set_ceiling", "-.")]:
        ax.axhline(np.nanmean(experiment.of_sets(measure)[rows]), color="gray", linestyle=style,
                   linewidth=1, label=measure[4:])
    switch_lines(ax, experiment.switches(schedule))
    ax.set(xlabel="step", ylabel="accuracy of the set",
           title=f"{experiment.name}: {experiment.schedules[schedule]}")
    ax.legend(fontsize=8)
    return figure


def event_locked_recovery(experiment):
    """Accuracy on the set in training, each switch at 0: first on the old set, then the new."""
    figure, ax = plt.subplots(figsize=(8, 4.5))
    accuracy = experiment.of_sets("set_accuracy")
    for s, name in enumerate(experiment.schedules[:10]):
        rows, sets = experiment.rows(s), experiment.phase_sets[s]
        phases = list(zip(experiment.phases(s), sets))
        for ((_, end), old), ((first, last), new) in zip(phases, phases[1:]):
            if old < 0 or new < 0:
                continue
            before, after = np.arange(max(end - 3, 0), end + 1), np.arange(first, last + 1)
            x = experiment.step[np.concatenate([before, after])] - experiment.step[first]
            y = np.concatenate([accuracy[rows][:, before, old], accuracy[rows][:, after, new]], 1)
            band(ax, x, y, f"{name}, step {experiment.step[first]}")
    if not ax.lines:
        plt.close(figure)
        return None
    switch_lines(ax, [0])
    ax.set(xlabel="steps since the switch", ylabel="accuracy on the set in training",
           title=f"{experiment.name}: recovery")
    ax.legend(fontsize=8)
    return figure


def accuracy_heat_map(experiment, schedule=0):
    matrix = np.nanmean(experiment.accuracy_matrix(schedule), axis=0)
    figure, ax = plt.subplots(figsize=(1.2 * matrix.shape[1] + 3, .8 * len(matrix) + 2))
    image = ax.imshow(matrix, vmin=0, vmax=1, cmap="viridis", aspect="auto")
    for (i, j), value in np.ndenumerate(matrix):
        ax.text(j, i, f"{value:.2f}", ha="center", va="center",
                color="white" if value < .6 else "black")
    ax.set(xticks=range(len(experiment.sets)), xticklabels=experiment.sets, xlabel="set",
           yticks=range(len(matrix)), ylabel="after phase", title=f"{experiment.name}: R")
    figure.colorbar(image, label="accuracy")
    return figure


def accuracy_by_rank(experiment):
    """The first trial's evaluation at the start of its log, around each switch, and at its end."""
    logs = [record for record in experiment.logs if "test_metrics" in record]
    if not logs:
        return None
    sets = [len(np.unique(record["test_metrics"]["set"])) for record in logs]
    met = [i for i in range(1, len(logs)) if sets[i] > sets[i - 1]]
    figure, ax = plt.subplots(figsize=(8, 4.5))
    for i in sorted({*[m - 1 for m in met], *met, len(logs) - 1}):
        metrics = logs[i]["test_metrics"]
        for number in np.unique(metrics["set"]):
            own = metrics["set"] == number
            ax.plot(metrics["rank"][own], metrics["accuracy"][own],
                    label=f"set {experiment.sets[number]}, step {logs[i]['step']}", linewidth=1)
    ax.set(xlabel="rank of the sequence", ylabel="accuracy",
           title=f"{experiment.name}: accuracy by rank")
    ax.legend(fontsize=7)
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="results/NAME")
    parser.add_argument("--out", help="folder of the figures (default: FOLDER-figures)")
    arguments = parser.parse_args()
    try:
        experiment = Experiment(arguments.folder)
    except FileNotFoundError as error:
        parser.error(f"{error.filename} is not there: name the folder of a finished experiment")
    except KeyError as key:
        parser.error(f"{arguments.folder} has no {key}: its family has no sets to switch between")
    out = arguments.out or os.path.normpath(arguments.folder) + "-figures"
    os.makedirs(out, exist_ok=True)
    for draw in [learning_curves, sets_over_time, event_locked_recovery, accuracy_heat_map,
                 accuracy_by_rank]:
        if (figure := draw(experiment)) is not None:
            path = os.path.join(out, f"{draw.__name__}.png")
            figure.savefig(path, dpi=120, bbox_inches="tight")
            plt.close(figure)
            print(path)


if __name__ == "__main__":
    main()
