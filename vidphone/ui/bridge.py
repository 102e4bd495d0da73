"""The one bridge between the windows and the engine's thread.

Commands go down by `post`. Events come up through the engine's own bounded deque: the engine calls `on_events` on its
thread, that emits one signal without arguments, and the queued slot drains the deque on Qt's thread. Nothing else
crosses but pictures, through the two slots.
"""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from vidphone.account.settings import Settings
from vidphone.media.slot import PictureSlot
from vidphone.phone.commands import Command
from vidphone.phone.events import Event
from vidphone.ui.state import ViewState


class Engine(Protocol):
    """The engine's thread, as the windows need it."""

    on_events: Callable[[], None]
    """Called on the engine's thread when its deque turns from empty to not empty."""
    remote_slot: PictureSlot
    local_slot: PictureSlot

    def start(self) -> None:
        """Start the thread."""

    def post(self, command: Command) -> None:
        """Hand a command over; returns at once."""

    def take_events(self) -> list[Event]:
        """All events that wait, oldest first; the deque is empty afterwards."""

    def stop(self) -> None:
        """End calls and the thread; returns when it is gone."""


def _nothing() -> None:
    """Nobody listens any more."""


class Bridge(QObject):
    """Folds the engine's events into `state`, then emits each as `happened`."""

    happened = Signal(object)
    _woken = Signal()

    def __init__(self, engine: Engine, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self.state = ViewState(settings=settings)
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    @property
    def remote_slot(self) -> PictureSlot:
        """Where the other side's picture arrives."""
        return self._engine.remote_slot

    @property
    def local_slot(self) -> PictureSlot:
        """Where the own picture arrives."""
        return self._engine.local_slot

    def start(self) -> None:
        """Start the engine; its events arrive as soon as Qt's loop runs."""
        self._engine.on_events = self._woken.emit
        self._engine.start()
        self._woken.emit()  # what was put before the callback stood

    def post(self, command: Command) -> None:
        """Hand a command to the engine."""
        self.state.asked(command)
        self._engine.post(command)

    def tell(self, event: Event) -> None:
        """Let something happen that is not the engine's doing: what was found before it ran."""
        self.state.fold(event)
        self.happened.emit(event)

    def stop(self) -> None:
        """Stop the engine; waits for its thread."""
        self._engine.on_events = _nothing
        self._engine.stop()

    def _drain(self) -> None:
        for event in self._engine.take_events():
            self.tell(event)
