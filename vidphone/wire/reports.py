"""What a phone tells its provider when something is wrong: a problem that a person reports, or a crash.

A report names nobody: neither account nor number nor address stands in it. Its text is what the person was shown
before it was sent, letter for letter.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_TEXT = 160_000
"""Characters of a report's text."""
MAX_REPORT_BYTES = 1_048_576
"""Of the whole as JSON, where one character may take six bytes."""

ReportId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""By chance, made by the phone: a report that is sent twice is kept once."""
BuildName = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.+-]{1,80}$")]
"""The id of a build; of a program that is not one, its version and how it was installed: `0.2.0+source`."""
ChannelName = Annotated[str, StringConstraints(pattern=r"^(stable|beta|test|none)$")]


class ReportKind(StrEnum):
    """Why there is a report."""

    PROBLEM = "problem"
    """A person tells of something."""
    CRASH = "crash"
    """The program ended, or a part of it, as nobody meant."""


class Report(BaseModel):
    """`PUT /v1/reports/{id}`, by whoever has the program."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ReportKind
    build: BuildName
    channel: ChannelName
    platform: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,16}-[a-z0-9_]{1,16}$")]
    fingerprint: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{16})?$")] = ""
    """The same for crashes at the same place of the program; empty for a problem."""
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
