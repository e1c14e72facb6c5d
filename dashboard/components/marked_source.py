"""Lines of the real source, marked in the function that they stand in."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard import session
from experiments.inspection.marked_source import MarkedSource, SourceMark, marked_source

STYLE = """<style>
.marked-source { font-family: var(--st-code-font, monospace); font-size: 0.78rem; line-height: 1.45;
  overflow-x: auto; border-radius: 0.5rem; padding: 0.4rem 0; margin: 0;
  background: color-mix(in srgb, currentColor 6%, transparent); }
.marked-source div { padding: 0 0.7rem; white-space: pre; min-width: max-content; }
.marked-source.wrapped div { white-space: pre-wrap; min-width: 0; }
.marked-source.wrapped .comment { display: inline-block; }
.marked-source mark { background: rgb(255 170 0 / 30%); color: inherit; display: block;
  margin: 0 -0.7rem; padding: 0 0.7rem; }
</style>"""


def show_marked_lines(sources: Sequence[SourceMark]) -> None:
    """Show the lines that are meant, of all functions but those that are meant as a whole."""
    lines = [line for source in map(marked_source, sources) for line in _marked(source)]
    st.html(_block([(line, True) for line in lines], is_wrapped=True))


def show_marked_functions(sources: Sequence[SourceMark]) -> None:
    """Show whole functions with the lines that are meant, once the reader opens them."""
    expander = st.expander(
        "The functions they stand in",
        icon=":material/code:",
        on_change="rerun",
        key=session.MARKED_SOURCE,
    )
    if not expander.open:
        return
    with expander:
        for source in map(marked_source, sources):
            st.caption(f"{source.file}: {source.name}")
            marked = set(source.marked) if _is_part(source) else set()
            st.html(_block([(line, i in marked) for i, line in enumerate(source.lines)]))


def _is_part(source: MarkedSource) -> bool:
    return len(source.marked) < len(source.lines)


def _marked(source: MarkedSource) -> list[str]:
    return [source.lines[i].strip() for i in source.marked] if _is_part(source) else []


def _block(lines: Sequence[tuple[str, bool]], *, is_wrapped: bool = False) -> str:
    """Return lines of code as HTML, with some of them marked; they wrap, or they scroll."""
    code = "".join(
        f"<div><mark>{_line(line)}</mark></div>"
        if is_marked
        else f"<div>{_line(line) or ' '}</div>"
        for line, is_marked in lines
    )
    wrapped = " wrapped" if is_wrapped else ""
    return f'{STYLE}<div class="marked-source{wrapped}">{code}</div>'


def _line(line: str) -> str:
    """Return a line as HTML; its comment, the shapes mostly, stays in one piece."""
    code, mark, comment = escape(line).partition("  # ")
    return f'{code}  <span class="comment"># {comment}</span>' if mark else code
