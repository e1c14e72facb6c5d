"""The registry lists each script in pages/ once."""

from pathlib import Path

from dashboard.shell.page_registry import PAGES

ROOT = Path(__file__).parents[3]


def test_every_page_is_registered_once_and_one_is_the_default() -> None:
    assert sorted(page.file for page in PAGES) == sorted(
        file.relative_to(ROOT).as_posix() for file in (ROOT / "pages").glob("*.py")
    )
    assert [page.url_path for page in PAGES].count("") == 1
