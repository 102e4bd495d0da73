"""What an installation remembers of its versions, on the disk."""

import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from vidphone.installation import disk, locks
from vidphone.installation.errors import told_as_reasons
from vidphone.installation.layout import Layout, read_small
from vidphone.installation.state import Event, Report, State, read_state, write_state
from vidphone.installation.steps import Reached, unobserved

_STATE_WAIT_S = 5.0

log = logging.getLogger(__name__)


class Memory:
    """The state of one installed tree: read anew by every method, changed by one process at a time."""

    def __init__(self, root: Path, *, clock: Callable[[], float] = time.time, reached: Reached = unobserved) -> None:
        """`clock` tells UTC seconds since 1970; `reached` is told each step on the disk (`steps.py`)."""
        self.root = root
        self.layout = Layout(root)
        self._clock = clock
        self._reached = reached

    def state(self) -> State:
        """What is remembered now; a damaged file is told of, and everything begins anew."""
        if not self.layout.state.exists():
            return State()
        state = read_state(read_small(self.layout.state) or b"")
        if state is None:
            log.warning("state.json is damaged: every version is on trial again")
            return State().with_report(Event.DAMAGED, self.layout.pointed() or "", self._clock(), "state")
        return state

    def change(self, changed: Callable[[State], State], then: Callable[[], None] = lambda: None) -> State:
        """Change what is remembered, alone among all processes, and `then` do what belongs to it; what it is now.

        Raises:
            InstallationError: `BUSY`, or the disk's; nothing is changed then.
        """
        with locks.held(self.layout.lock("state"), _STATE_WAIT_S), told_as_reasons():
            before = self.state()
            after = changed(before)
            content = write_state(after)
            if content != read_small(self.layout.state):
                disk.write_small(self.layout.state, content, self._reached)
            then()
            return after

    def healthy(self, build_id: str) -> None:
        """The build has proved itself; again is no harm.

        Raises:
            InstallationError: as `change`.
        """
        if build_id not in self.state().healthy:
            self.change(lambda state: state.proved(build_id, self._clock()))

    def left(self, build_id: str) -> None:
        """This start ended as it was meant to before it could be healthy: it is not counted.

        Raises:
            InstallationError: as `change`.
        """
        if build_id in self.state().starts:
            self.change(lambda state: state.left(build_id))

    def failed(self, build_id: str) -> None:
        """This start has found itself not working: it is counted, whoever ends it, and however.

        Raises:
            InstallationError: as `change`.
        """
        self.change(lambda state: state.failed(build_id))

    def block(self, build_id: str, reason: str) -> None:
        """Never start or install a build here again; `current` is then another one, if there is any.

        Raises:
            InstallationError: as `change`.
        """
        self.change(lambda state: state.blocking(build_id, reason))

    def blocked(self) -> dict[str, str]:
        """Builds that are never started or installed here, and why."""
        return dict(self.state().blocked)

    def unblock(self, build_id: str) -> None:
        """Let a build be tried again.

        Raises:
            InstallationError: as `change`.
        """
        self.change(lambda state: state.unblocked(build_id))

    def tell(self, event: Event, build_id: str, code: str = "", went_back_to: str = "") -> None:
        """Keep something to be told to the provider.

        Raises:
            InstallationError: as `change`.
        """
        self.change(lambda state: state.with_report(event, build_id, self._clock(), code, went_back_to))

    def pending_reports(self) -> tuple[Report, ...]:
        """What is to be told, the oldest first."""
        return self.state().reports

    def clear_reports(self, ids: Iterable[str]) -> None:
        """These have been told.

        Raises:
            InstallationError: as `change`.
        """
        told = tuple(ids)
        self.change(lambda state: state.without_reports(told))
