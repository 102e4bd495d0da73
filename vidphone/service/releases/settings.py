"""`[releases]` of the operator's configuration."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class ReleasesSettings(BaseModel):
    """When a build is held back by itself, and how much the repository takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hold_failures: Annotated[int, Field(ge=1, le=100_000)] = 3
    """A build is held once it crashed or fell back for so many accounts …"""
    hold_percent: Annotated[float, Field(ge=0, le=100)] = 10.0
    """… and they are at least this share of those that reported it."""
    free_bytes: Annotated[int, Field(ge=0)] = 1_073_741_824
    """Uploads are refused where the disk would have less left."""
