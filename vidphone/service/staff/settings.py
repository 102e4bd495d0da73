"""`[console]` of the operator's configuration."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_ORIGIN = r"^https?://(?:\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::[0-9]{1,5})?$"


class ConsoleSettings(BaseModel):
    """Where the console is, and how long a member of staff stays signed in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, StringConstraints(pattern=_ORIGIN)] | None = None
    """The origin that staff open, such as `https://phone.example.com`; None: whatever name they opened it by."""
    idle_minutes: Annotated[int, Field(ge=1, le=720)] = 30
    hours: Annotated[int, Field(ge=1, le=24)] = 12
