"""The runs of one reader, stored within a limited memory.

Many readers share one small server. So the oldest snapshots are thinned out first, and
where that is not enough, the oldest runs are dropped.
"""

from dataclasses import dataclass
from threading import Lock
from weakref import WeakSet

from experiments.background.limits import ALL_READERS_BYTES, MAX_RUNS, READER_BYTES
from experiments.background.training_job import TrainingJob
from experiments.training.run import SNAPSHOT_BYTES, Run

PROCESS_STORES: "WeakSet[RunStore]" = WeakSet()
PROCESS_STORES_LOCK = Lock()
EPOCH_BYTES = 1000  # the records of one epoch, roughly
MAX_NAME = 40  # characters


@dataclass(eq=False)
class StoredRun:
    """A run with a name.

    Attributes
    ----------
    number : counts the runs of this reader, from 1; decides on the first name and the color
    is_drawn : whether its curves are drawn beside those of the run under way
    """

    job: TrainingJob
    number: int
    name: str
    is_drawn: bool = False

    @property
    def run(self) -> Run:
        """The run itself, under way or over."""
        return self.job.run

    @property
    def n_bytes(self) -> int:
        """How much memory the run takes, without the data."""
        run = self.run
        records = EPOCH_BYTES * len(run.history)
        n_networks = 2 if run.fine_tuning else 1  # with the one that it began with
        return records + run.snapshots.n_bytes + n_networks * run.network.parameters.nbytes


def share_memory() -> float:
    """Give all readers the same share of the memory; return it, in bytes.

    Where many have runs, each keeps fewer snapshots from now on.
    """
    with PROCESS_STORES_LOCK:
        stores = [store for store in PROCESS_STORES if store.runs]
    share = min(READER_BYTES, ALL_READERS_BYTES / max(1, len(stores)))
    for store in stores:
        for stored in tuple(store.runs):
            stored.run.snapshots.budget = min(SNAPSHOT_BYTES, share / 2)
    return share


class RunStore:
    """All runs of a reader, from the oldest to the newest.

    Attributes
    ----------
    remark : what was dropped to save memory, or nothing
    """

    def __init__(self) -> None:
        self.runs: list[StoredRun] = []
        self.remark, self._budget = "", float(READER_BYTES)
        self._n_added = 0
        with PROCESS_STORES_LOCK:
            PROCESS_STORES.add(self)

    def add(self, job: TrainingJob, name: str = "") -> StoredRun:
        """Add a new run; only the newest can be given more epochs after its end.

        Parameters
        ----------
        name : of a run that has one already; another run may have taken it here
        """
        for stored in self.runs:
            stored.run.release_memory()
        self._n_added += 1
        stored = StoredRun(job, self._n_added, f"Run {self._n_added}")
        is_taken = any(other.name == name for other in self.runs)
        self.rename(stored, f"{name} (loaded)" if is_taken else name)
        self.runs.append(stored)
        self.make_room()
        return stored

    def make_room(self) -> None:
        """Keep to the limits: thin out the oldest snapshots, then drop the oldest runs."""
        self._budget = share_memory()
        while self._is_too_large() and any(stored.run.snapshots.thin() for stored in self.runs):
            self.remark = "To save memory, fewer epochs of the older runs can be viewed."
        while len(self.runs) > 1 and (self._is_too_large() or len(self.runs) > MAX_RUNS):
            gone = self.runs.pop(0)
            self.remark = f"To save memory, the oldest run, {gone.name}, was removed from the list."

    def remove(self, stored: StoredRun) -> None:
        """Take a run out; one that is under way ends without a result."""
        stored.job.discard()
        if stored in self.runs:
            self.runs.remove(stored)

    def rename(self, stored: StoredRun, name: str) -> None:
        """Give a run another name; an empty one gives it its first name back."""
        printable = "".join(letter for letter in name if letter.isprintable())
        stored.name = printable.strip()[:MAX_NAME] or f"Run {stored.number}"

    def find(self, run: Run) -> StoredRun | None:
        """Return the entry of a run, if it is here."""
        return next((stored for stored in self.runs if stored.run is run), None)

    def _is_too_large(self) -> bool:
        own = {
            id(stored.run.own): stored.run.own.X.nbytes for stored in self.runs if stored.run.own
        }
        return sum(stored.n_bytes for stored in self.runs) + sum(own.values()) > self._budget
