"""How the gradient check catches each mistake: python -m benchmarks.broken_terms [--seeds N]

For each mistake in `experiments.inspection.broken_terms`, and some networks for the digits: the
relative error of the gradient as it should be and broken, and how many times as large the second
is; and the validation accuracy after the epochs of a paired training, mean over the seeds. Where
a network lacks what a mistake is about, it gets it, as on the page.
"""

import argparse
from statistics import fmean

from threadpoolctl import threadpool_limits

from benchmarks.report import table
from experiments.config import RunConfig
from experiments.inspection.broken_terms import (
    TERMS,
    Backpropagation,
    BrokenTerm,
    TermCheck,
    check_term,
    subject_of,
)
from experiments.inspection.gradient_checks import problem_of
from experiments.inspection.paired_training import (
    MOST_HELD_OUT,
    MOST_TRAINING,
    network_in_training,
    thinned,
)
from experiments.training.plan import make_objective
from experiments.training.prepared_data import prepare
from experiments.training.run import Run

CONFIGS = {
    "the usual settings: 32 relu units, adam": RunConfig(),
    "sgd": RunConfig(optimizer="sgd", learning_rate=0.1),
    "four layers of 24 sigmoid units, adam": RunConfig(
        hidden_layers=(24,) * 4, activation="sigmoid", weight_init="xavier"
    ),
}
HEADS = ("mistake", "needs", "error unbroken", "error broken", "factor", "right", "broken")


def check_of(term: BrokenTerm, run: Run) -> TermCheck:
    """Return the gradient check of a mistake in a network that was trained."""
    subject = subject_of(term, run.config, run.network)
    objective, dropout = make_objective(subject.config), subject.config.dropout
    problem = problem_of(subject.network, objective, run.prepared_data(), dropout=dropout)
    return check_term(term, problem)


def accuracy(config: RunConfig, backpropagation: Backpropagation) -> float:
    """Return the validation accuracy at the end of a paired training."""
    prepared = prepare(config)
    training = thinned(prepared.training, MOST_TRAINING)
    held_out = thinned(prepared.validation or prepared.training, MOST_HELD_OUT)
    learner = network_in_training(config, backpropagation, training)
    while not learner.curve.is_over:
        learner.make_epoch(training, held_out)
    return learner.curve.scores[-1].accuracy


def row(term: BrokenTerm, run: Run, n_seeds: int) -> list[str]:
    """Return what there is to say of one mistake."""
    found = check_of(term, run)
    config, added, _ = subject_of(term, run.config, run.network)
    accuracies = [
        fmean(
            accuracy(config.model_copy(update={"seed": seed}), backpropagation)
            for seed in range(n_seeds)
        )
        for backpropagation in (Backpropagation(), term.backpropagation)
    ]
    return [
        term.title,
        " ".join(f"{name} {value}" for name, value in added.items()),
        f"{found.right_error:.0e}",
        f"{found.broken_error:.2g}",
        f"{found.factor:.0e}" + ("" if found.is_caught else " (not caught)"),
        *(f"{100 * each:.1f} %" for each in accuracies),
    ]


def main() -> None:
    """Print a table for each network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each kind")
    n_seeds = parser.parse_args().seeds
    with threadpool_limits(1):
        for name, config in CONFIGS.items():
            run = Run(config)
            run.complete()
            rows = [row(term, run, n_seeds) for term in TERMS.values()]
            print(f"\n{name}\n\n{table(HEADS, rows)}", flush=True)


if __name__ == "__main__":
    main()
