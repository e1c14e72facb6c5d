"""Which class is taken for which, and whether the network knows when it does not know."""

from collections.abc import Callable

import streamlit as st

from dashboard import session, training_actions, training_speed
from dashboard.charts.confusion_matrix import VIEWS, confusion_figure
from dashboard.charts.forward_pass import (
    ForwardPass,
    answer_figure,
    forward_pass_of,
    hidden_figure,
    input_figure,
)
from dashboard.charts.image_grid import LONGEST_CAPTION, grid_height
from dashboard.charts.reliability import rejection_figure, reliability_figure
from dashboard.components.chart import show_chart
from dashboard.components.epoch_slider import choose_epoch, choose_run
from dashboard.components.sample_grid import draw_images
from dashboard.confusion import messages, selected_cell
from dashboard.confusion.selected_cell import Cell
from dashboard.shell import app_entry
from dashboard.text import percent
from data.datasets import Dataset
from data.split import Rows
from experiments.background.training_job import Goal
from experiments.evaluation.metrics import (
    N_BINS,
    IntArray,
    class_scores,
    confidently_wrong,
    confusion_counts,
    least_certain,
    matrix_csv,
    predictions_csv,
    rejection,
    reliability,
    scores_csv,
    top_confusions,
)
from experiments.evaluation.predictions import (
    OUTPUT_MEANINGS,
    Predictions,
    last_finite_step,
    predictions_at,
)
from experiments.training.run import Run

COLUMNS = 5  # images in a row
ROW_HEIGHT = 78  # pixels
N_MISTAKES = 10
TABS = ("Each class", "Mistakes", "Confidence", selected_cell.ONE_SAMPLE, "Download")


def invite() -> None:
    """Say what to do where there is no run yet."""
    st.info(
        "The matrix shows which class is taken for which. For that, a network has to learn first.",
        icon=":material/grid_on:",
    )
    with st.container(horizontal=True):
        st.button(
            "Train now",
            type="primary",
            icon=":material/play_arrow:",
            disabled=bool(session.problems()),
            on_click=training_actions.request_training,
            args=(Goal.THE_END, None),
            help="Train with the settings on the left, and watch the matrix here.",
        )
        st.page_link("pages/train.py", label="Go to Train", icon=":material/model_training:")


def choose_part(run: Run) -> str:
    """Draw which samples to ask about; return the part."""
    is_over = run.result is not None
    parts = selected_cell.PARTS_AT_END if is_over else selected_cell.PARTS_NOW
    part: str = st.segmented_control(
        "Samples",
        parts,
        default=selected_cell.default_part(run, parts),
        required=True,
        key=session.MATRIX_PART_END if is_over else session.MATRIX_PART_NOW,
        persist_state="session",
        help="The test part is opened when the run has ended: whoever looks at it on the way is "
        "tempted to choose what suits it. The training part flatters.",
    )
    return part


def choose_view() -> tuple[str, bool, bool]:
    """Draw how to count; return the view, and whether to hide the diagonal and fix the range."""
    view: str = st.segmented_control(
        "Cells",
        list(VIEWS),
        default="counts",
        required=True,
        key=session.MATRIX_VIEW,
        persist_state="session",
        help="counts: samples. recall %: of each true class (a row), what became of it. "
        "precision %: of each answer (a column), what it really was.",
    )
    hides = st.toggle(
        "Hide diagonal",
        key=session.MATRIX_DIAGONAL,
        persist_state="session",
        help="Leave out what is right, so that the mistakes stand out.",
    )
    fixes = st.toggle(
        "Fixed colors",
        key=session.MATRIX_FIXED,
        persist_state="session",
        help="Keep the color range from 0 to the largest class, or to 100 %, so that two epochs "
        "can be compared.",
    )
    return view, hides, fixes


def choose_cell(predictions: Predictions, counts: IntArray) -> Cell:
    """Draw the way to a cell by keyboard; return the cell."""
    names = predictions.class_names
    selected_cell.forget_absent_classes(len(names))
    chosen = [
        column.selectbox(
            label,
            range(len(names)),
            index=None,
            format_func=names.__getitem__,
            placeholder="most mistakes",
            on_change=selected_cell.look_at_first,
            key=key,
            persist_state="session",
            help=f"{meaning} With none chosen, the most frequent mistake is shown. "
            "A click on the matrix chooses, too.",
        )
        for column, label, key, meaning in zip(
            st.columns(2),
            ("True", "Predicted"),
            (session.MATRIX_TRUE, session.MATRIX_PREDICTED),
            ("What the samples are.", "What the network said."),
            strict=True,
        )
    ]
    return selected_cell.cell_of(predictions, counts, *chosen)


def matrix(
    predictions: Predictions, counts: IntArray, cell: Cell, view: str, *, hides: bool, fixes: bool
) -> None:
    """Draw the matrix."""
    figure = confusion_figure(
        counts,
        predictions.class_names,
        view=VIEWS[view],
        hide_diagonal=hides,
        is_fixed=fixes,
        chosen=(cell.true, cell.predicted),
    )
    show_chart(
        figure,
        key=session.MATRIX_CHART,
        height=560,
        alt=f"Confusion matrix of {len(predictions.labels)} samples, rows true, columns predicted; "
        f"{predictions.n_correct} are right. The controls True and Predicted open a cell.",
        on_click=selected_cell.clicked_cell,
    )


def samples_in(run: Run, predictions: Predictions, cell: Cell) -> None:
    """Show the samples of a cell, and let the reader choose one."""
    st.markdown(messages.cell_sentence(cell, predictions.class_names))
    if not cell.number:
        st.caption("No sample is in this cell.")
        return
    st.number_input(
        "Look at number",
        1,
        len(cell.positions),
        key=session.MATRIX_SAMPLE,
        persist_state="session",
        on_change=selected_cell.follow,
        help=f"The most confident answer is number 1; {selected_cell.PAGE} are shown at once. A "
        "click on an image chooses it, too. "
        "Its way through the network is below, under One sample.",
    )
    show_samples(
        run,
        predictions,
        cell.page,
        key=session.CELL_SAMPLES_CHART,
        title=f"Numbers {cell.first:,} to {cell.last:,}, and how sure it was",
        on_choice=lambda place: selected_cell.look_at_place(cell, place),
        chosen=cell.place,
        first=cell.first,
    )


def show_samples(
    run: Run,
    predictions: Predictions,
    positions: Rows,
    *,
    key: str,
    title: str,
    on_choice: Callable[[int], None],
    chosen: int | None = None,
    first: int = 1,
    with_answer: bool = False,
) -> None:
    """Show samples as images, or by their features; a click on an image chooses it."""
    dataset, meaning = run.prepared_data().dataset, OUTPUT_MEANINGS[run.config.output]
    longest = LONGEST_CAPTION if dataset.image_shape else messages.LONGEST_IN_TABLE
    captions = [
        messages.caption_of(predictions, place, meaning, with_answer=with_answer, longest=longest)
        for place in positions
    ]
    if dataset.image_shape:
        draw_images(
            dataset,
            predictions.rows[positions],
            captions,
            columns=COLUMNS,
            title=title,
            key=key,
            height=grid_height(len(positions), COLUMNS, ROW_HEIGHT),
            alt=f"{len(positions)} images: {', '.join(captions)}",
            on_choice=on_choice,
            chosen=chosen,
        )
        return
    st.markdown(f"**{title}**")
    with st.container(height=330):
        st.markdown(messages.features_table(dataset, predictions, positions, captions, first))


def each_class(predictions: Predictions) -> None:
    """Show how well each class is read."""
    st.caption(
        "Precision: of the times this was the answer, how often it was right. Recall: of the "
        "samples of this class, how many were found. F1: their harmonic mean. Support: samples of "
        "the class here. 'none' stands where there was nothing to divide by."
    )
    st.markdown(messages.scores_table(class_scores(predictions), predictions.class_names))


def mistakes(run: Run, predictions: Predictions, counts: IntArray) -> None:
    """Show the most frequent mistakes, the surest ones, and the narrowest decisions."""
    left, middle, right = st.columns([3, 5, 5])
    with left:
        st.markdown("**Most frequent**")
        most_frequent(predictions, counts)
    with middle:
        wrong = confidently_wrong(predictions)
        sample_list(
            run,
            predictions,
            wrong,
            session.CONFIDENTLY_WRONG_CHART,
            "Most confidently wrong",
            "Nothing is wrong.",
        )
    with right:
        close = least_certain(predictions, selected_cell.PAGE)
        sample_list(run, predictions, close, session.LEAST_CERTAIN_CHART, "Least certain")


def most_frequent(predictions: Predictions, counts: IntArray) -> None:
    """List the most frequent mistakes; each leads to its cell."""
    found = top_confusions(counts, N_MISTAKES)
    if not found:
        st.caption("No mistakes.")
    for place, mistake in enumerate(found):
        st.button(
            messages.confusion_sentence(mistake, predictions.class_names),
            key=session.key_of(session.MISTAKE, place),
            type="tertiary",
            wrap=True,
            on_click=selected_cell.look_at,
            args=(mistake.true, mistake.predicted),
            help="Show these samples beside the matrix.",
        )


def sample_list(
    run: Run, predictions: Predictions, positions: Rows, key: str, title: str, otherwise: str = ""
) -> None:
    """Show the first samples of a list, each with its answer; any can be followed."""
    shown = positions[: selected_cell.PAGE]
    if not len(shown):
        st.markdown(f"**{title}**")
        st.caption(otherwise)
        return
    show_samples(
        run,
        predictions,
        shown,
        key=key,
        title=f"{title} (true→said)",
        on_choice=lambda i: selected_cell.look_at_sample(predictions, int(shown[i])),
        with_answer=True,
    )
    follow_by_number(predictions, shown, key)


def follow_by_number(predictions: Predictions, shown: Rows, name: str) -> None:
    """Draw the way to a sample of a list by keyboard."""
    number_key = session.key_of(session.LIST_NUMBER, name)
    selected_cell.keep_within(number_key, len(shown))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            "Number",
            1,
            len(shown),
            key=number_key,
            width=120,
            help="Counted row by row.",
        )
        st.button(
            "Follow it",
            key=session.key_of(session.LIST_FOLLOW, name),
            icon=":material/route:",
            on_click=selected_cell.look_at_sample,
            args=(predictions, selected_cell.nth(shown, number)),
            help="Open its cell, and its way through the network, as a click on its image does.",
        )


def confidence(run: Run, predictions: Predictions) -> None:
    """Show whether the network is as often right as it is sure."""
    left, right = st.columns(2)
    with left:
        if OUTPUT_MEANINGS[run.config.output].are_shares:
            calibration(predictions)
        else:
            st.markdown("**Reliability**")
            st.caption(
                "What is no probability cannot be compared with how often it comes true. Train "
                "with softmax or sigmoid to see a reliability diagram."
            )
    with right:
        found = rejection(predictions)
        show_chart(
            rejection_figure(found),
            key=session.REJECTION_CHART,
            height=420,
            alt="Accuracy on what is left when the least certain answers are put aside",
        )
        st.markdown(messages.rejection_sentence(found))


def calibration(predictions: Predictions) -> None:
    """Show confidence against accuracy, and what the difference means."""
    found = reliability(predictions)
    show_chart(
        reliability_figure(found),
        key=session.RELIABILITY_CHART,
        height=420,
        alt=f"Accuracy by confidence in {N_BINS} bins; expected calibration error "
        f"{percent(found.ece)}",
    )
    st.markdown(messages.reliability_sentence(found, predictions))
    st.caption(
        f"ECE, the expected calibration error, is {percent(found.ece)}: how far bars and dashed "
        "line are apart, on the mean over all samples. A bar of few samples says little."
    )


def one_sample(run: Run, predictions: Predictions, cell: Cell, step: int) -> None:
    """Follow a sample through the network, from the input to the answer."""
    position = cell.sample
    if position is None:
        st.caption("Choose a cell with samples in it.")
        return
    meaning = OUTPUT_MEANINGS[run.config.output]
    st.markdown(messages.sample_sentence(predictions, position, meaning))
    row = int(predictions.rows[position])
    forward_pass = forward_pass_of(
        run.network_at(step), selected_cell.scaled(run.prepared_data(), row)
    )
    left, right = st.columns([1, 2])
    with left:
        sample_input(run.prepared_data().dataset, row)
    with right:
        show_chart(
            hidden_figure(forward_pass, run.config.activation),
            key=session.HIDDEN_LAYERS_CHART,
            height=selected_cell.layers_height(len(forward_pass.hidden)),
            alt=f"Activations of {len(forward_pass.hidden)} hidden layers",
        )
    left, right = st.columns(2)
    with left:
        sample_logits(forward_pass, cell, predictions.class_names)
    with right:
        sample_outputs(forward_pass, cell, predictions.class_names, run.config.output)


def sample_input(dataset: Dataset, row: int) -> None:
    """Show what came in."""
    figure = input_figure(
        dataset.X[row], dataset.image_shape, maximum=dataset.maximum, unit=dataset.unit
    )
    show_chart(figure, key=session.INPUT_CHART, alt="The sample as it was recorded")


def sample_logits(forward_pass: ForwardPass, cell: Cell, names: tuple[str, ...]) -> None:
    """Show what the last layer adds up."""
    figure = answer_figure(
        forward_pass.logits,
        names,
        title="Logits: what the last layer adds up",
        y="logit",
        true=cell.true,
        predicted=cell.predicted,
    )
    show_chart(figure, key=session.LOGITS_CHART, alt="The logit of each class")


def sample_outputs(
    forward_pass: ForwardPass, cell: Cell, names: tuple[str, ...], function: str
) -> None:
    """Show what the output function makes of that."""
    meaning = OUTPUT_MEANINGS[function]
    figure = answer_figure(
        forward_pass.outputs,
        names,
        title=f"Outputs: {function} of the logits",
        y=f"{meaning.noun} (%)" if meaning.are_shares else meaning.noun,
        is_share=meaning.are_shares,
        true=cell.true,
        predicted=cell.predicted,
    )
    show_chart(figure, key=session.OUTPUTS_CHART, alt="The output of each class")


def downloads(run: Run, predictions: Predictions, counts: IntArray, part: str) -> None:
    """Offer the numbers as tables."""
    names, noun = predictions.class_names, OUTPUT_MEANINGS[run.config.output].noun
    tables = (
        ("Matrix", "confusion_matrix", lambda: matrix_csv(counts, names)),
        ("Each class", "classes", lambda: scores_csv(class_scores(predictions), names)),
        ("Answers", "answers", lambda: predictions_csv(predictions, noun)),
    )
    meanings = (
        "The counts: a line for each true class, a column for each predicted one.",
        "Precision, recall, F1 and support.",
        f"For each sample its row, the true class, the answer, and the {noun} of each class.",
    )
    with st.container(horizontal=True):
        for (label, file, table), meaning in zip(tables, meanings, strict=True):
            st.download_button(
                f"{label} (CSV)",
                data=table,
                file_name=f"{part}_{file}.csv",
                mime="text/csv",
                on_click="ignore",
                icon=":material/download:",
                key=session.key_of(session.DOWNLOAD, file),
                help=meaning,
            )


def details(
    run: Run, predictions: Predictions, counts: IntArray, cell: Cell, part: str, step: int
) -> None:
    """Draw the view that is open; the others cost nothing."""
    tabs = st.tabs(TABS, key=session.MATRIX_TAB, on_change="rerun")
    views: tuple[Callable[[], None], ...] = (
        lambda: each_class(predictions),
        lambda: mistakes(run, predictions, counts),
        lambda: confidence(run, predictions),
        lambda: one_sample(run, predictions, cell, step),
        lambda: downloads(run, predictions, counts, part),
    )
    for tab, view in zip(tabs, views, strict=True):
        if tab.open:
            with tab:
                view()


def show(
    run: Run, predictions: Predictions, part: str, step: int, view: str, **options: bool
) -> None:
    """Draw the matrix, a cell of it, and the view below."""
    counts = confusion_counts(predictions)
    left, right = st.columns([5, 3])
    with right:
        cell = choose_cell(predictions, counts)
        samples_in(run, predictions, cell)
    with left:
        matrix(predictions, counts, cell, view, **options)
    details(run, predictions, counts, cell, part, step)


def sane_moment(run: Run, step: int, part: str) -> int | None:
    """Return the moment to show; say so if the numbers of the one asked for have run away."""
    sane = last_finite_step(run, step, part)
    with st.container():
        if run.diverged:
            st.error(str(run.diverged), icon=":material/trending_up:")
        if sane is None:
            st.info("At this moment the outputs were no numbers any more. Choose another epoch.")
        elif sane != step:
            st.caption(f"Shown is the last moment with numbers, {messages.moment(run, sane)}.")
    return sane


def look(run: Run, was_moving: bool, poll_seconds: float) -> None:
    """Draw all that follows the run."""
    is_moving = selected_cell.is_moving(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = choose_part(run)
        view, hides, fixes = choose_view()
    step = choose_epoch(run)
    if not run.snapshots.steps:
        st.info("The run has not begun yet; it waits for its turn.", icon=":material/schedule:")
    elif getattr(run.prepared_data(), part) is None:
        st.info(messages.no_samples(run, part), icon=":material/data_alert:")
    elif (sane := sane_moment(run, run.snapshots.nearest(step), part)) is not None:
        predictions = predictions_at(run, sane, part)
        with st.container():  # what follows keeps its place, however many words there are
            st.markdown(messages.headline(run, predictions, part, sane))
            st.caption(messages.remarks(run, part, sane))
        show(run, predictions, part, sane, view, hides=hides, fixes=fixes)
    if is_moving != was_moving or (is_moving and training_speed.poll_seconds() != poll_seconds):
        st.rerun()  # the whole page: another rhythm of looking


app_entry.enter_through_app()
st.title("Confusion matrix")
run = choose_run()
if run is None:
    invite()
else:
    is_moving, poll_seconds = selected_cell.is_moving(run), training_speed.poll_seconds()
    st.fragment(look, run_every=poll_seconds if is_moving else None)(run, is_moving, poll_seconds)
