"""The people a customer calls."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or an organisation with one or more numbers."""

    id: str
    name: str
    numbers: tuple[str, ...]
    favourite: bool = False
    note: str = ""
