"""What one browser tab remembers. Every key of the session is named here.

The controls of the sidebar keep their values under the names of RunConfig's fields,
which are the names in the link as well.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.datasets import Dataset
from experiments.background.run_sequence import RunSequence
from experiments.background.run_store import RunStore, StoredRun
from experiments.background.training_job import Goal, TrainingJob
from experiments.comparison.networks import MAX_MORE
from experiments.comparison.over_seeds import RunOutcome
from experiments.comparison.side_by_side import SideBySide
from experiments.comparison.split_effect import SplitScore
from experiments.config import OWN, RunConfig
from experiments.evaluation.decision_regions import DecisionRegions
from experiments.training.run import Run

IN_APP = "_in_app"
CONFIG = "_config"
PROBLEMS = "_problems"
NOTICES = "_notices"
TAB = "_tab"
RESTORE_TOKEN = "_restore_token"  # noqa: S105
RESTORE = "_restore"

PACE = "pace"
LOG_LOSS = "log_loss"
CLASSES = "classes"
PART = "part"
SHUFFLES = "_shuffles"
SAMPLE = "_sample"
VIEW = "_view"
MAP = "_map"

COMPARE_WHAT = "compare_what"
COMPARE_MORE = tuple(f"compare_more_{i}" for i in range(1, MAX_MORE + 1))
COMPARE_MEASURE = "compare_measure"
COMPARE_CLOSE_UP = "compare_close_up"
COMPARE_PAIR = "compare_pair"
COMPARE_PAUSE = "_compare_pause"
COMPARE_RESUME = "_compare_resume"
COMPARE_DATA = "compare_data"
COMPARE_SEEDS = "compare_seeds"
ARCHITECTURE_GRID_SEEDS = "ladder_seeds"
PRESET = "_preset"
UPLOAD = "_upload"
CHOSEN = "_chosen"
EPOCH = "_epoch"
MODEL = "_model"
RATE_NOW = "_rate_now"
MORE_EPOCHS = "_more_epochs"
PANELS = "_panels"
FIRST_UNIT = "_first_unit"

MATRIX_PART_NOW = "_matrix_part_now"  # while a run goes on
MATRIX_PART_END = "_matrix_part_end"  # once it has a result
MATRIX_VIEW = "_matrix_view"
MATRIX_DIAGONAL = "_matrix_diagonal"
MATRIX_FIXED = "_matrix_fixed"
MATRIX_TRUE = "_matrix_true"
MATRIX_PREDICTED = "_matrix_predicted"
MATRIX_SAMPLE = "_matrix_sample"
MATRIX_TAB = "_matrix_tab"
MISTAKE = "mistake"  # one of several: see `key_of`
LIST_NUMBER = "list_number"
LIST_FOLLOW = "list_follow"
DOWNLOAD = "download"

# Charts of the Train page; a chart keeps its zoom under its key
LOSS_CHART = "loss_chart"
ACCURACY_CHART = "accuracy_chart"
WEIGHTS_CHART = "weights"
PREDICTIONS_CHART = "predictions"
DECISION_REGIONS_CHART = "plane"
CONFUSION_CHART = "confusion_panel"
GRADIENTS_CHART = "gradients"
UPDATES_CHART = "updates"
UNIT_ACTIVITY_CHART = "units"
LEARNING_RATE_CHART = "learning_rate_chart"

# Charts of the Explore page; a chart keeps its zoom under its key
SAMPLES_CHART = "samples"
POINTS_CHART = "points"
CLASS_BALANCE_CHART = "balance"
CLASS_PROFILES_CHART = "profiles"
HISTOGRAM_CHART = "histogram"
FEATURE_RANGES_CHART = "ranges"
TSNE_CHART = "map_bent"
PCA_3D_CHART = "map_solid"
PCA_2D_CHART = "map_plane"
NEIGHBORS_CHART = "neighbors"
SPLITS_CHART = "splits"
SAMPLE_CHART = "enlarged"
RECORDED_CHART = "recorded"
SCALED_CHART = "scaled"

# Charts of the Confusion matrix page; a chart keeps its zoom under its key
MATRIX_CHART = "confusion_matrix"
CELL_SAMPLES_CHART = "cell_samples"
CONFIDENTLY_WRONG_CHART = "surely_wrong"
LEAST_CERTAIN_CHART = "least_certain"
REJECTION_CHART = "rejection"
RELIABILITY_CHART = "reliability"
HIDDEN_LAYERS_CHART = "passage_hidden"
INPUT_CHART = "passage_input"
LOGITS_CHART = "passage_logits"
OUTPUTS_CHART = "passage_outputs"

# Charts of the page that compares; a chart keeps its zoom under its key
SIDE_BY_SIDE_CHART = "contest_chart"
ONLY_RIGHT_CHARTS = ("only_right_0", "only_right_1")
TEMPLATE_CHARTS = ("templates_0", "templates_1")
PAIR_REGIONS_CHARTS = ("land_contest_0", "land_contest_1")
SLP_REGIONS_CHARTS = ("land_single_0", "land_single_1", "land_single_2")
MLP_REGIONS_CHARTS = ("land_multi_0", "land_multi_1", "land_multi_2")
PAIRS_CHART = "pairs"
DIFFERENCES_CHART = "differences"
ARCHITECTURE_GRID_CHART = "ladder"


def key_of(control: str, which: int | str) -> str:
    """Return the key of a control that each run of the list has, or each comparison."""
    return f"_{control}_{which}"


def value(key: str, default: object = None) -> Any:
    """Return the value of a control or of what else is kept under a key."""
    return st.session_state.get(key, default)


def set_value(key: str, value: object) -> None:
    """Keep a value under a key: that of a control only before the control is drawn."""
    st.session_state[key] = value


def config() -> RunConfig:
    """Return the settings of the sidebar, or the last ones that made sense."""
    found: RunConfig = st.session_state.get(CONFIG, RunConfig())
    return found


def problems() -> list[str]:
    """Return what is wrong with the settings now, a sentence each."""
    found: list[str] = st.session_state.get(PROBLEMS, [])
    return found


def set_config(config: RunConfig | None, problems: list[str]) -> None:
    """Remember the settings if they make sense, and what is wrong with them if not."""
    st.session_state[PROBLEMS] = problems
    if config is not None and not problems:
        st.session_state[CONFIG] = config


def notices() -> list[str] | None:
    """Return what there is to say about the link, or None before anything was looked at."""
    found: list[str] | None = st.session_state.get(NOTICES)
    return found


def set_notices(notices: list[str]) -> None:
    """Remember what there is to say about the link."""
    st.session_state[NOTICES] = notices


class TrainingRequest(NamedTuple):
    """How far the reader wants to train, and the run on the page where that was said."""

    goal: Goal
    job: TrainingJob | None


class Measuring(NamedTuple):
    """What trains networks under both splits of a dataset."""

    dataset: Dataset
    sequence: RunSequence[SplitScore | None]


class ComparisonKind(StrEnum):
    """The comparisons that a reader can ask for."""

    SIDE_BY_SIDE = "side_by_side"
    OVER_SEEDS = "over_seeds"
    NONLINEAR_SETS = "nonlinear_sets"
    ARCHITECTURE_GRID = "architecture_grid"


@dataclass
class Tab:
    """What this tab has.

    A plain object: Streamlit may interrupt a script at every look into its session
    state, and between two changes that belong together there must be none.

    Attributes
    ----------
    job : the training on the Train page, under way or over
    request : what the reader has just asked for
    run_store : all runs since the page was opened
    chosen : the run that the other pages look at; None for the one on the Train page
    epoch : the epoch that all pages look back at; None for the newest
    own, own_problem : the reader's own data, and what is wrong with the file that was given
    requested_comparisons : those that the reader has just asked for
    side_by_side, over_seeds, nonlinear_sets, architecture_grid : the newest comparison of
        each kind
    sample : row of the dataset that the Explore page looks at
    is_mapping : whether the points of its map are moving
    measuring : the comparison of both splits that was begun last
    """

    job: TrainingJob | None = None
    request: TrainingRequest | None = None
    run_store: RunStore = field(default_factory=RunStore)
    chosen: StoredRun | None = None
    epoch: int | None = None
    own: Dataset | None = None
    own_problem: str = ""
    sample: int = 0
    is_mapping: bool = False
    measuring: Measuring | None = None
    model_problem: str = ""
    requested_comparisons: set[ComparisonKind] = field(default_factory=set)
    side_by_side: SideBySide | None = None
    over_seeds: RunSequence[RunOutcome] | None = None
    nonlinear_sets: RunSequence[DecisionRegions] | None = None
    architecture_grid: RunSequence[RunOutcome] | None = None

    @property
    def comparisons(self) -> dict[ComparisonKind, SideBySide | RunSequence[Any] | None]:
        """The newest comparison of each kind; None where none was begun."""
        return {
            ComparisonKind.SIDE_BY_SIDE: self.side_by_side,
            ComparisonKind.OVER_SEEDS: self.over_seeds,
            ComparisonKind.NONLINEAR_SETS: self.nonlinear_sets,
            ComparisonKind.ARCHITECTURE_GRID: self.architecture_grid,
        }


def tab() -> Tab:
    """Return what this tab has."""
    found: Tab = st.session_state.setdefault(TAB, Tab())
    return found


def restore_token() -> str:
    """Return what this tab is known by after a reload; nobody can guess it."""
    token: str = st.session_state.setdefault(RESTORE_TOKEN, secrets.token_urlsafe())
    return token


def forget_notices() -> None:
    """Stop talking about the link: the reader has changed a setting since."""
    set_notices([])


def job() -> TrainingJob | None:
    """Return this tab's training, if there is one."""
    return tab().job


def runs() -> list[StoredRun]:
    """Return all runs of this tab, from the oldest to the newest."""
    return tab().run_store.runs


def shown_run() -> Run | None:
    """Return the run that the pages talk about: the one chosen, or that on the Train page."""
    here = tab()
    if here.chosen in here.run_store.runs:
        return here.chosen.run
    if here.job:
        return here.job.run
    return here.run_store.runs[-1].run if here.run_store.runs else None


def own() -> Dataset | None:
    """Return the reader's own data, if there are any."""
    return tab().own


def lacks_data() -> bool:
    """Say whether the reader has chosen data of their own and not given any that can be used."""
    return st.session_state.get("dataset") == OWN and own() is None


def config_of_data() -> RunConfig:
    """Return settings with the reader's own data, if they are chosen, whatever else is wrong."""
    if st.session_state.get("dataset") == OWN and config().dataset != OWN:
        return config().model_copy(update={"dataset": OWN})
    return config()


def presence() -> Callable[[], bool]:
    """Return a function, for any thread, that says whether this tab is connected now."""
    context, server = get_script_run_ctx(), runtime.get_instance()
    session_id = context.session_id if context else ""
    return lambda: bool(server.is_active_session(session_id))


def shuffles() -> int:
    """Return how often the reader has asked for other samples."""
    count: int = st.session_state.get(SHUFFLES, 0)
    return count


def shuffle() -> None:
    """Ask for other samples."""
    st.session_state[SHUFFLES] = shuffles() + 1
