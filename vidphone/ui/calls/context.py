"""What every window of calls is given."""

from collections.abc import Callable
from dataclasses import dataclass

from vidphone.media.slot import PictureSlot
from vidphone.phone.commands import Command
from vidphone.phone.events import DevicesChanged
from vidphone.ui.design.theme import Theme


@dataclass(frozen=True, slots=True)
class CallContext:
    """The theme, the way to the engine, its two pictures, and the time in monotonic seconds."""

    theme: Theme
    post: Callable[[Command], None]
    remote: PictureSlot
    own: PictureSlot
    devices: Callable[[], DevicesChanged]
    now_s: Callable[[], float]
