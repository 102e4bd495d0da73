"""The JSON lines of the network test: command in, events out. Pure."""

from dataclasses import asdict
from typing import Literal

from pydantic import BaseModel, ConfigDict

from vidphone.phone import commands, events
from vidphone.phone.account_lines import Line
from vidphone.phone.network_commands import TestNetwork
from vidphone.phone.network_events import NetworkTested, NetworkTestStep
from vidphone.phone.network_test.result import NetworkResult, expected
from vidphone.phone.network_test.words import as_text
from vidphone.texts import Language


class NetworkLine(BaseModel):
    """`test-network`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    do: Literal["test-network"]

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return TestNetwork()


Plain = NetworkLine


def lines_of(event: events.Event, language: Language) -> list[Line]:
    """The lines of an event of this kind; none for others."""
    match event:
        case NetworkTestStep(step=step):
            return [{"event": "network-step", "step": step.value}]
        case NetworkTested(result=result):
            return [{"event": "network", **fields_of(result, language)}]
        case _:
            return []


def fields_of(result: NetworkResult, language: Language) -> Line:
    """A result as it is written."""
    quality, limits = expected(result)
    fields = asdict(result)
    trips = result.trips
    fields["trips"] = None if trips is None else {**fields["trips"], "loss": trips.loss}
    judged = {"expected": quality.value, "why": [why.value for why in limits]}
    return {**fields, **judged, "message": as_text(result, language)}
