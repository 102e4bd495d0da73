"""When something of an upgrade is, as a person reads it."""

from datetime import datetime

from vidphone.ui.design.words import Words
from vidphone.ui.main.about.view import Said
from vidphone.ui.main.moments import exact


def dated(said: Said, words: Words) -> dict[str, object]:
    """The places of what is said, its time as a date in the person's zone."""
    until = said.places.get("until")
    if not isinstance(until, int | float):
        return said.places
    return {**said.places, "until": exact(datetime.fromtimestamp(until), words)}  # noqa: DTZ006 - the person's zone
