"""The pages of the app, in the order of the navigation: a new page is one entry here."""

from typing import NamedTuple


class PageEntry(NamedTuple):
    """A page: the name of its file in pages/, and how the navigation shows it."""

    name: str
    title: str
    icon: str
    is_default: bool = False

    @property
    def file(self) -> str:
        """Path of its script, from the folder of app.py."""
        return f"pages/{self.name}.py"

    @property
    def url_path(self) -> str:
        """What follows the address of the app."""
        return "" if self.is_default else self.name


PAGES = (
    PageEntry("train", "Train", ":material/model_training:", is_default=True),
    PageEntry("playground", "Playground", ":material/hub:"),
    PageEntry("draw", "Draw", ":material/draw:"),
    PageEntry("explore", "Explore", ":material/grid_view:"),
    PageEntry("confusion", "Confusion matrix", ":material/grid_on:"),
    PageEntry("one_step", "One step", ":material/footprint:"),
    PageEntry("inside", "Inside", ":material/neurology:"),
    PageEntry("compare", "Single layer against multilayer", ":material/compare_arrows:"),
)
