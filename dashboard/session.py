"""The state of one browser tab. Every key of the session is named here.

The controls of the sidebar keep their values under the names of RunConfig's fields,
which are the names in the link as well.
"""

import secrets
from collections.abc import Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from threading import RLock
from typing import Any, NamedTuple
from uuid import uuid4

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.datasets import Dataset
from data.drawing.gallery import Gallery
from data.drawing.strokes import Stroke
from data.placed_points import PlacedPoints
from experiments.background.background_task import BackgroundTask, Page
from experiments.background.played_training import PlayedTraining
from experiments.background.run_sequence import RunSequence
from experiments.background.run_store import RunStore, StoredRun
from experiments.background.training_job import Goal, TrainingJob
from experiments.comparison.networks import MAX_MORE
from experiments.comparison.over_seeds import RunOutcome
from experiments.comparison.side_by_side import SideBySide
from experiments.comparison.split_effect import SplitScore
from experiments.config import OWN, RunConfig
from experiments.evaluation.decision_regions import DecisionRegions
from experiments.evaluation.robustness_task import RobustnessTask
from experiments.inspection.ablation import UnitRanking
from experiments.inspection.loss_landscape import LossLandscape
from experiments.inspection.loss_line import LossLine
from experiments.inspection.network_picture import NetworkPicture
from experiments.inspection.paired_training import PairedTraining
from experiments.training.prepared_data import PreparedData
from experiments.training.run import Run
from mlp.records import Score

# The app as a whole
TAB = "_tab"
IN_APP = "_in_app"
RESTORE_TOKEN = "_restore_token"  # noqa: S105
PHONE_NAVIGATION = "phone_navigation"
RESTORE = "_restore"
NOTICES = "_notices"
PRESET = "_preset"
ALL_SETTINGS = "_all_settings"
SETTINGS_GROUP = "settings_group"  # one of several: see `key_of`
UPLOAD = "_upload"
INVERTED = "_inverted"
CHOSEN = "_chosen"
SHARE_FOOT = "share"
SHARE = "_share"
SHARE_LINK = "share_link"
RUN_LINK = "run_link"
EPOCH = "_epoch"
PACE = "pace"
LOG_LOSS = "log_loss"
RATE_NOW = "_rate_now"
MORE_EPOCHS = "_more_epochs"
PANELS = "_panels"
FIRST_UNIT = "_first_unit"
MODEL = "_model"
DRAW_RUN = "draw"  # one for each run, as the next three: see `key_of`
NAME_RUN = "name"
SHOW_RUN = "show"
DELETE_RUN = "delete"
CHANGES = "changes"
TOLD = "told"
RUN_STATUS = "run_status"
SAMPLE_ROW = "sample_row"
NETWORK_VIEW = "network_view"
PROJECTOR = "_projector"
PROJECTOR_BUTTON = "_projector_button"
LOSS_CHART = "loss_chart"
ACCURACY_CHART = "accuracy_chart"
WEIGHTS_CHART = "weights"
DECISION_REGIONS_CHART = "plane"
CONFUSION_CHART = "confusion_panel"
GRADIENTS_CHART = "gradients"
UPDATES_CHART = "updates"
UNIT_ACTIVITY_CHART = "units"
LEARNING_RATE_CHART = "learning_rate_chart"
CLASSES = "classes"
PART = "part"
SHUFFLES = "_shuffles"
SAMPLE = "_sample"
VIEW = "_view"
MAP = "_map"
SOURCE = "_source"  # whether the source code is open
TSNE_BUTTON = "_tsne_button"
SAMPLES_CHART = "samples"
POINTS_CHART = "points_chart"
CLASS_BALANCE_CHART = "balance"
CLASS_PROFILES_CHART = "profiles"
CLASS_MEANS_CHART = "class_Mean"
CLASS_STDS_CHART = "class_Standard deviation"
HISTOGRAM_CHART = "histogram"
FEATURE_RANGES_CHART = "ranges"
PIXEL_MEANS_CHART = "Mean of all images"
PIXEL_STDS_CHART = "Standard deviation"
CONSTANT_PIXELS_CHART = "Constant pixels"
TSNE_CHART = "tsne_map"
PCA_3D_CHART = "pca_3d_map"
PCA_2D_CHART = "pca_2d_map"
NEIGHBORS_CHART = "neighbors"
SPLITS_CHART = "splits"
SAMPLE_CHART = "enlarged"
RECORDED_CHART = "recorded"
SCALED_CHART = "scaled"
MATRIX_PART_NOW = "_matrix_part_now"  # while a run goes on
MATRIX_PART_END = "_matrix_part_end"  # once it has a result
MATRIX_NORMALIZATION = "_matrix_normalization"
MATRIX_HIDE_DIAGONAL = "_matrix_diagonal"
MATRIX_FIXED_COLORS = "_matrix_fixed"
MATRIX_TRUE = "_matrix_true"
MATRIX_PREDICTED = "_matrix_predicted"
MATRIX_SAMPLE = "_matrix_sample"
MATRIX_TAB = "_matrix_tab"
MISTAKE = "mistake"  # one of several, as the next three: see `key_of`
LIST_NUMBER = "list_number"
LIST_OPEN = "list_open"
DOWNLOAD = "download"
MATRIX_COLUMNS = "matrix_columns"
CONFIDENCE_COLUMNS = "confidence_columns"
INPUT_COLUMNS = "input_columns"
OUTPUT_COLUMNS = "output_columns"
MATRIX_CHART = "confusion_matrix"
CELL_SAMPLES_CHART = "cell_samples"
CONFIDENTLY_WRONG_CHART = "confidently_wrong"
LEAST_CERTAIN_CHART = "least_certain"
REJECTION_CHART = "rejection"
RELIABILITY_CHART = "reliability"
HIDDEN_LAYERS_CHART = "forward_pass_hidden"
INPUT_CHART = "forward_pass_input"
LOGITS_CHART = "forward_pass_logits"
OUTPUTS_CHART = "forward_pass_outputs"
COMPARE_TAB = "_compare_tab"
COMPARE_PLANES = "compare_planes"
COMPARE_CURVES = "compare_curves"
COMPARE_RESULTS = "compare_results"
COMPARE_GRID = "compare_grid"
COMPARE_IMAGES = "compare_images"
COMPARE_WHAT = "compare_what"
COMPARE_MORE = tuple(f"compare_more_{i}" for i in range(1, MAX_MORE + 1))
COMPARE_MEASURE = "compare_measure"
COMPARE_CLOSE_UP = "compare_close_up"
COMPARE_PAIR = "compare_pair"
COMPARE_PAUSE = "_compare_pause"
COMPARE_RESUME = "_compare_resume"
COMPARE_DATA = "compare_data"
COMPARE_SEEDS = "compare_seeds"
ARCHITECTURE_GRID_SEEDS = "architecture_grid_seeds"
SIDE_BY_SIDE_CHART = "side_by_side_chart"
ONLY_RIGHT_CHARTS = ("only_right_0", "only_right_1")
TEMPLATE_CHARTS = ("templates_0", "templates_1")
PAIR_REGIONS_CHARTS = ("regions_pair_0", "regions_pair_1")
SLP_REGIONS_CHARTS = ("regions_slp_0", "regions_slp_1", "regions_slp_2")
MLP_REGIONS_CHARTS = ("regions_mlp_0", "regions_mlp_1", "regions_mlp_2")
DIGIT_PAD = "digit_pad"
CLASS_BARS = "class_bars"
DRAWING_STEPS = "drawing_steps"
DRAWN_NETWORK_VIEW = "drawn_network_view"
ALL_CLASS_BARS = "all_class_bars"
DRAWN_NEIGHBORS_CHART = "drawn_neighbors"
OTHER_ANSWER = "_other_answer"
OTHER_ANSWER_CHART = "other_answer"
SAMPLE_PART = "_sample_part"
SAMPLE_NUMBER = "_sample_number"
INSIDE_VIEW = "_inside_view"
ONE_STEP_VIEW = "_one_step_view"
DRAW_TAB = "_draw_tab"
DRAW_VIEW = "_draw_view"
DRAW_NETWORK = "_draw_network"
PAIRS_CHART = "pairs"
DIFFERENCES_CHART = "differences"
ARCHITECTURE_GRID_CHART = "architecture_grid_chart"
VERSIONS_CHART = "versions"
KEEP_AS = "_keep_as"
GALLERY_CHART = "gallery"
GALLERY_PAGE = "_gallery_page"
GALLERY_LABEL = "_gallery_label"
GALLERY_FILE = "_gallery_file"
GALLERY_DELETE = "_gallery_delete"  # whether the question is open
FINE_TUNING_EPOCHS = "_fine_tuning_epochs"
FINE_TUNING_REPEATS = "_fine_tuning_repeats"
FINE_TUNING_REHEARSED = "_fine_tuning_rehearsed"
BREAK_VIEW = "_break_view"
BREAK_SOURCE = "_break_source"
BREAK_IMAGE = "_break_image"
BREAK_DAMAGE = "_break_damage"
BREAK_TARGET = "_break_target"
BREAK_SLIDER = "break_slider"
BREAK_COLUMNS = "break_columns"
BREAK_PICTURES = "break_pictures"
BREAK_CLASS_BARS = "break_class_bars"
BREAK_NETWORK_VIEW = "break_network_view"
ROBUSTNESS_DAMAGE = "_robustness_damage"
ROBUSTNESS_CHART = "robustness_chart"
SALIENCY_CLASS = "_saliency_class"
SALIENCY_CHART = "saliency_chart"
LANDSCAPE_WHAT = "_landscape_what"
LANDSCAPE_DIRECTIONS = "_landscape_directions"
LANDSCAPE_PART = "_landscape_part"
LANDSCAPE_POINTS = "_landscape_points"
LANDSCAPE_REACH = "_landscape_reach"
LANDSCAPE_DRAW = "_landscape_draw"
LANDSCAPE_RUNS = "_landscape_runs"
LANDSCAPE_SURFACE = "_landscape_surface"
LANDSCAPE_FROM = "_landscape_from"
LANDSCAPE_BUTTON = "_landscape_button"
LANDSCAPE_CHART = "landscape_chart"
LANDSCAPE_SURFACE_CHART = "landscape_surface_chart"
LANDSCAPE_LINE_CHART = "landscape_line_chart"
NUDGE = "_nudge"
CHECK_PRECISION = "_check_precision"
CHECKED_PARAMETER = "_checked_parameter"
GRADIENT_CHECK_CHART = "gradient_check_chart"
NUDGE_CHART = "nudge_chart"
BROKEN_TERM = "_broken_term"
BROKEN_CHECK_CHART = "broken_check_chart"
BROKEN_ERRORS_CHART = "broken_errors_chart"
PAIRED_ACCURACY_CHART = "paired_accuracy_chart"
PAIRED_LOSS_CHART = "paired_loss_chart"
PAIRED_BUTTON = "_paired_button"
LAYER_VALUES = "_layer_values"
RIDGES_CHART = "ridges"  # one for each layer, as the next: see `key_of`
PLANE_CHART = "layer_plane"
RIDGES_COLUMNS = "ridges_columns"
LAYERS_COLUMNS = "layers_columns"
NORMS_CHART = "gradient_norms"
LAYER_ACTIVITY_CHART = "layer_activity"
LAYER_MAP = "_layer_map"
LAYER_TSNE_BUTTON = "_layer_tsne_button"
PLANES_COLUMNS = "planes_columns"
UNTANGLING_CHART = "untangling"
UNITS_LAYER = "_units_layer"
UNITS_ORDER = "_units_order"
UNITS_FILTER = "_units_filter"
UNITS_PAGE = "_units_page"
UNITS_UNIT = "_units_unit"
UNITS_PENALTY = "_units_penalty"
UNITS_CHART = "units_of_layer"
UNIT_CHART = "unit_at_large"
UNIT_CLASSES_CHART = "unit_classes"
UNIT_FACTS = "unit_facts"
UNIT_MOST_CHART = "unit_most"
UNIT_LEAST_CHART = "unit_least"
EXCITATION_CHART = "excitation"
SWITCHED_OFF = "_switched_off"
SWITCHED_OFF_VIEW = "switched_off_view"
SWITCHED_OFF_CLASSES_CHART = "switched_off_classes"
SWITCH_OFF_CHEAPEST = "_switch_off_cheapest"
N_CHEAPEST = "_n_cheapest"
SWITCH_ALL_ON = "_switch_all_on"
RANKING_BUTTON = "_ranking_button"
RANKING_CHART = "unit_ranking"
PATH_OTHER = "_path_other"
PATH_CHART = "decision_path"
PATH_IMAGES_CHART = "decision_path_images"
NEAR_BOUNDARY_CHART = "near_boundary"
STEP_LEARNS_FROM = "_step_learns_from"
STEP_ROW = "_step_row"
STEP_CLASS = "_step_class"
STEP_MOVE = "_step_move"
STEP_BUTTON = "step_button"  # one of several: see `key_of`
STEP_LAYER = "_step_layer"
STEP_UNIT = "step_unit"  # one for each layer: see `key_of`
STEP_ONE_SCALE = "_step_one_scale"
STEP_NETWORK_VIEW = "step_network_view"
STEP_COLUMNS = "step_columns"
STEP_MATRIX_COLUMNS = "step_matrix_columns"
STEP_MATRIX_CHARTS = tuple(f"step_matrix_{i}" for i in range(5))
STEP_ADDENDS_CHART = "step_addends"
MARKED_SOURCE = "_marked_source"
PLAYGROUND_NETWORK = "playground_network"
PLAYGROUND_SECOND = "playground_second"
SECOND_SETTING = "second_setting"  # one for each playground: see `key_of`
SECOND_VALUE = "second_value"  # one for each setting: see `key_of`
KEEP_RUN = "_keep_run"
POINT_EDITOR = "point_editor"
PLAY_PACE = "play_pace"  # in the link alone, as the next two
PLACED = "placed"
DIFFERS = "differs"


def key_of(control: str, which: int | str) -> str:
    """Return the key of a control that there is several times, one for each run for example."""
    return f"_{control}_{which}"


def value(key: str, default: object = None) -> Any:
    """Return what is stored under a key: the value of a control, for example."""
    return st.session_state.get(key, default)


def sent(key: str, event: str) -> object:
    """Return what the browser has sent of a component; None if it is of a page that was left."""
    events: dict[str, object] = st.session_state.get(key) or {}
    return events.get(event)


def set_value(key: str, value: object) -> None:
    """Store a value under a key: that of a control only before the control is drawn."""
    st.session_state[key] = value


def projector_mode() -> bool:
    """Say whether the page is shown for a lecture, with larger type."""
    return bool(st.session_state.get(PROJECTOR))


def config() -> RunConfig:
    """Return the settings of the sidebar, or the last valid ones."""
    return tab().config


def problems() -> list[str]:
    """Return what is wrong with the settings now, a sentence each."""
    return tab().problems


def set_config(config: RunConfig | None, problems: list[str]) -> None:
    """Store the settings if they are valid, and what is wrong with them if not."""
    tab().problems = problems
    if config is not None and not problems:
        tab().config = config


def notices() -> list[str] | None:
    """Return what is wrong with the link, or None before it was read."""
    found: list[str] | None = st.session_state.get(NOTICES)
    return found


def set_notices(notices: list[str]) -> None:
    """Store what is wrong with the link."""
    st.session_state[NOTICES] = notices


class TrainingRequest(NamedTuple):
    """How far to train, and the unfinished run on the page when that was requested."""

    goal: Goal
    job: TrainingJob | None


class SplitEffectRun(NamedTuple):
    """A dataset, and the training of small networks under both of its splits."""

    dataset: Dataset
    sequence: RunSequence[SplitScore | None]


class PairedTrainingOfRun(NamedTuple):
    """A paired training with a broken term, and the id of the run whose settings it has."""

    run_id: str
    training: PairedTraining


class Untrained(NamedTuple):
    """A run that has not begun, and how well its random network does on held-out samples.

    score : on the validation samples; None where there are none
    """

    run: Run
    score: Score | None


class RankedUnits(NamedTuple):
    """The ranking of the hidden units of a network, and which network that is."""

    version: Hashable
    ranking: UnitRanking


class Film(NamedTuple):
    """A training played again from its beginning: since when, in seconds, and how fast."""

    began: float
    epochs_per_second: float


@dataclass
class Drawing:
    """What is on the pad of the Draw page; another object once the server has put it there.

    Attributes
    ----------
    strokes : as `data.drawing.strokes.read_strokes` returns them
    is_pen_down : whether a stroke is being drawn
    number : counts the changes
    problem : what is wrong with what the browser sent last
    id : tells the browser whether it knows this drawing
    prepared : what was made of it so far; see dashboard/drawing.py
    """

    strokes: list[Stroke] = field(default_factory=list)
    is_pen_down: bool = False
    number: int = 0
    problem: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)
    prepared: dict[Hashable, Any] = field(default_factory=dict)

    def change(self, strokes: list[Stroke], *, is_pen_down: bool) -> None:
        """Take what the browser says is on the pad now."""
        self.strokes, self.is_pen_down, self.problem = strokes, is_pen_down, ""
        self.prepared = {}
        self.number += 1  # at the end: another thread may look in between, and has to look again


@dataclass
class Breaking:
    """What the reader does to an image on the Draw page.

    Attributes
    ----------
    source : which image; empty while none was chosen
    image : place of the image in the test part
    positions : where the slider of each damage is, by its name
    seed : decides on what is drawn at random
    robustness : the measurement of the whole test part that was begun last
    """

    source: str = ""
    image: int = 0
    positions: dict[str, int] = field(default_factory=dict)
    seed: int = 0
    robustness: RobustnessTask | None = None


class ComparisonKind(StrEnum):
    """The comparisons that a reader can ask for."""

    SIDE_BY_SIDE = "side_by_side"
    OVER_SEEDS = "over_seeds"
    NONLINEAR_SETS = "nonlinear_sets"
    ARCHITECTURE_GRID = "architecture_grid"


@dataclass
class SlowMotion:
    """Where the reader is in the slow motion of a step.

    Attributes
    ----------
    move : its name
    units : those that the reader follows, by layer
    is_playing : whether it goes on by itself
    shown_at : since when the move is shown, in seconds
    """

    move: str = ""
    units: dict[int, int] = field(default_factory=dict)
    is_playing: bool = False
    shown_at: float = 0.0


class KeptSettings(NamedTuple):
    """The settings of pages that are not shown, and the reader's own data there.

    controls : what the controls of the settings hold, which may not be valid
    """

    config: RunConfig
    own: Dataset | None
    controls: dict[str, Any]


@dataclass(eq=False)
class Playground:
    """What the reader plays with.

    Attributes
    ----------
    trainings : of the network, and of a second one beside it, by the keys of their views
    second : the setting in which the second one differs, and its value; None without one
    pace : its name
    command : the number of the last command of the browser that was met
    seen : the number of the newest frame that the browser has of each run, by its id
    problem : why the last command could not be met
    has_kept : whether there was something to keep when the reader asked for it last
    placed, placed_data : the points placed by hand, and the same as a dataset
    placed_problem : why nothing can learn from them
    page : tells the browser's messages from those of another server
    lock : held while the trainings change
    """

    trainings: dict[str, PlayedTraining] = field(default_factory=dict)
    second: tuple[str, Any] | None = None
    pace: str = "epoch"
    command: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    problem: str = ""
    has_kept: bool = False
    placed: PlacedPoints = field(default_factory=PlacedPoints)
    placed_data: Dataset | None = None
    placed_problem: str = ""
    page: str = field(default_factory=lambda: uuid4().hex)
    lock: RLock = field(default_factory=RLock, repr=False)

    def pause(self) -> None:
        """Pause each training after its current batch."""
        for training in self.trainings.values():
            training.pause()


@dataclass
class Tab:
    """What one browser tab has.

    A plain object: Streamlit may interrupt a script at every access to its session state,
    and must not do so between two changes that belong together.

    Attributes
    ----------
    config, problems : the settings of the sidebar, or the last valid ones, and what is wrong with
        the settings now, a sentence each
    live_page, live_elements : what follows the run on the page; see components/live_feed.py
    cannot_ask : whether the requests of the browser for news do not come through
    pictures : the last picture of each network view, and of what it is, by its key
    job : the training on the Train page, unfinished or over
    request : the training that the reader has just asked for
    run_store : all runs since the page was opened
    chosen : the run that the other pages show; None for the one on the Train page
    epoch : the epoch that all pages show; None for the newest
    film : the film of the training that plays, if one does
    untrained : the network of the settings, before there is a run
    watched, watched_draw : the sample in the network view, counted from 0, and how often the
        reader has asked for other samples
    model_problem : what is wrong with the model that was uploaded
    model_remark : what there is to say of the model that was loaded last
    own, own_problem : the reader's own data, and what is wrong with the uploaded file
    sample : row of the dataset that the Explore page shows
    is_tsne_running : whether t-SNE moves the points of its map
    is_layer_tsne_running : whether it moves those of the layers, on the Inside page
    split_effect : the training under both splits that was begun last
    drawing : what is on the pad
    left_out_steps : of the way from a drawing to a sample, by name
    left_tabs : the tab that was open when a page was left, by the key of its tabs
    drawing_network : the network that reads the drawing, by its id; none while none was chosen
    loading_samples : what the networks of the Draw page have learned from, by their ids
    gallery, kept : the drawings that were kept, and the number of the one that is selected
    gallery_problem : why the last wish about them could not be met
    breaking : what the reader does to an image, and how much damage networks stand
    paired_training : the one with a broken term that was begun last
    ranked_units : of the network that the Inside page has looked into last
    requested_comparisons : those that the reader has just asked for
    side_by_side, over_seeds, nonlinear_sets, architecture_grid : the newest comparison of
        each kind
    landscapes : what was computed last of the loss around networks, by what it depends on
    slow_motion : where the reader is in the slow motion of a step
    is_in_playground : whether the settings are those of the playground
    other_settings : those of the playground on the other pages, and of these in the playground
    playground : what the reader plays with
    """

    config: RunConfig = field(default_factory=RunConfig)
    problems: list[str] = field(default_factory=list)
    live_page: object = None
    live_elements: dict[str, Any] = field(default_factory=dict)
    cannot_ask: bool = False
    pictures: dict[str, tuple[object, NetworkPicture]] = field(default_factory=dict)
    job: TrainingJob | None = None
    request: TrainingRequest | None = None
    run_store: RunStore = field(default_factory=RunStore)
    chosen: StoredRun | None = None
    epoch: int | None = None
    film: Film | None = None
    untrained: Untrained | None = None
    watched: int = 0
    watched_draw: int = 0
    model_problem: str = ""
    model_remark: str = ""
    own: Dataset | None = None
    own_problem: str = ""
    sample: int = 0
    is_tsne_running: bool = False
    is_layer_tsne_running: bool = False
    split_effect: SplitEffectRun | None = None
    drawing: Drawing = field(default_factory=Drawing)
    left_out_steps: frozenset[str] = frozenset()
    left_tabs: dict[str, str] = field(default_factory=dict)
    drawing_network: str = ""
    loading_samples: dict[str, Future[PreparedData]] = field(default_factory=dict)
    gallery: Gallery = field(default_factory=Gallery)
    kept: int = 0
    gallery_problem: str = ""
    breaking: Breaking = field(default_factory=Breaking)
    paired_training: PairedTrainingOfRun | None = None
    ranked_units: RankedUnits | None = None
    requested_comparisons: set[ComparisonKind] = field(default_factory=set)
    side_by_side: SideBySide | None = None
    over_seeds: RunSequence[RunOutcome] | None = None
    nonlinear_sets: RunSequence[DecisionRegions] | None = None
    architecture_grid: RunSequence[RunOutcome] | None = None
    landscapes: dict[Hashable, LossLandscape | LossLine] = field(default_factory=dict)
    slow_motion: SlowMotion = field(default_factory=SlowMotion)
    is_in_playground: bool = False
    other_settings: KeptSettings | None = None
    playground: Playground = field(default_factory=Playground)

    @property
    def works(self) -> Iterator[BackgroundTask | RunSequence[Any] | SideBySide]:
        """All that was begun in the background, under way or over."""
        wrapped = (self.split_effect and self.split_effect.sequence, self.breaking.robustness)
        training = self.paired_training and self.paired_training.training
        ranking = self.ranked_units and self.ranked_units.ranking.task
        inside = (ranking, *self.landscapes.values())
        played = self.playground.trainings.values()
        own = (self.job, *played, *self.comparisons.values(), *wrapped, training, *inside)
        return (work for work in own if work)

    @property
    def comparisons(self) -> dict[ComparisonKind, SideBySide | RunSequence[Any] | None]:
        """The newest comparison of each kind; None where none was begun."""
        return {
            ComparisonKind.SIDE_BY_SIDE: self.side_by_side,
            ComparisonKind.OVER_SEEDS: self.over_seeds,
            ComparisonKind.NONLINEAR_SETS: self.nonlinear_sets,
            ComparisonKind.ARCHITECTURE_GRID: self.architecture_grid,
        }


_LOOKED_AT: ContextVar[Tab | None] = ContextVar("looked_at", default=None)


@contextmanager
def looking_at(tab: Tab) -> Iterator[None]:
    """Let a look at a live page, which is not a run of its script, find what its tab has."""
    before = _LOOKED_AT.set(tab)
    try:
        yield
    finally:
        _LOOKED_AT.reset(before)


def tab() -> Tab:
    """Return what this tab has."""
    if (looked_at := _LOOKED_AT.get()) is not None:
        return looked_at
    found: Tab | None = st.session_state.get(TAB)
    if found is None:  # not with `setdefault`, which would make a new one at each call
        found = st.session_state[TAB] = Tab()
    return found


def restore_token() -> str:
    """Return the token that identifies this tab after a reload; nobody can guess it."""
    token: str = st.session_state.setdefault(RESTORE_TOKEN, secrets.token_urlsafe())
    return token


def forget_notices() -> None:
    """Drop the notices about the link: the reader has changed a setting since."""
    set_notices([])


def job() -> TrainingJob | None:
    """Return this tab's training, if there is one."""
    return tab().job


def is_job_active() -> bool:
    """Say whether this tab's training is under way."""
    here = tab().job
    return here is not None and here.status.is_active


def is_training(run: Run) -> bool:
    """Say whether a run is under way."""
    stored = tab().run_store.find(run)
    return stored is not None and stored.job.status.is_active


def runs() -> list[StoredRun]:
    """Return all runs of this tab, from the oldest to the newest."""
    return tab().run_store.runs


def shown_run() -> Run | None:
    """Return the run that the pages show: the chosen one, or that on the Train page."""
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
    """Say whether the reader has chosen their own data but uploaded none that can be used."""
    return st.session_state.get("dataset") == OWN and own() is None


def config_of_data() -> RunConfig:
    """Return settings with the reader's own data, if they are chosen, whatever else is wrong."""
    if st.session_state.get("dataset") == OWN and config().dataset != OWN:
        return config().model_copy(update={"dataset": OWN})
    return config()


def page() -> Page:
    """Return this tab for work in the background, which asks whether it is still connected."""
    context, server = get_script_run_ctx(), runtime.get_instance()
    session_id = context.session_id if context else ""
    return Page(session_id, lambda: bool(server.is_active_session(session_id)))


def shuffles() -> int:
    """Return how often the reader has asked for other samples."""
    count: int = st.session_state.get(SHUFFLES, 0)
    return count


def shuffle() -> None:
    """Ask for other samples."""
    st.session_state[SHUFFLES] = shuffles() + 1
