"""What every window of calls is given."""

from collections.abc import Callable
from dataclasses import dataclass

from vidphone.call.charge import Charge
from vidphone.media.slot import PictureSlot
from vidphone.phone.commands import Command
from vidphone.phone.events import DevicesChanged
from vidphone.ui.design.theme import Theme


@dataclass(frozen=True, slots=True)
class CallContext:
    """The theme, the way to the engine, its two pictures, the time in monotonic seconds, and what a call costs here."""

    theme: Theme
    post: Callable[[Command], None]
    remote: PictureSlot
    own: PictureSlot
    devices: Callable[[], DevicesChanged]
    now_s: Callable[[], float]
    charge: Callable[[str], Charge | None]
    """None for a call that somebody else pays for, or nobody."""
