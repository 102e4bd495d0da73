"""The JSON lines of upgrades and reports: commands in, events out. Pure."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from vidphone.phone import commands, events
from vidphone.phone.account_lines import Line, error_line
from vidphone.phone.diagnosis.limits import MAX_WORDS
from vidphone.texts import Language


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DelayLine(_Model):
    """`delay-upgrade`: install what is ready later."""

    do: Literal["delay-upgrade"]
    hours: Annotated[float, Field(ge=0, le=8760, strict=False)]

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.DelayUpgrade(self.hours)


class ReportLine(_Model):
    """`report`: put together what a report of a problem says."""

    do: Literal["report"]
    words: Annotated[str, Field(max_length=MAX_WORDS)] = ""

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.MakeReport(self.words)


class SaveReportLine(_Model):
    """`save-report`: into a file."""

    do: Literal["save-report"]
    path: Annotated[str, Field(min_length=1, max_length=1024)]

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.SaveReport(Path(self.path))


class CrashReportsLine(_Model):
    """`crash-reports`: whether the provider may know of crashes."""

    do: Literal["crash-reports"]
    on: bool

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.AllowCrashReports(self.on)


class AskUpkeepLine(_Model):
    """What is asked with no more than its name."""

    do: Literal["check-upgrade", "install-upgrade", "send-report"]

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        match self.do:
            case "check-upgrade":
                return commands.CheckUpgrade()
            case "install-upgrade":
                return commands.InstallUpgradeNow()
            case "send-report":
                return commands.SendReport()


Plain = DelayLine | ReportLine | SaveReportLine | CrashReportsLine | AskUpkeepLine


def lines_of(event: events.Event, language: Language) -> list[Line]:
    """The lines of an event of this kind; none for others."""
    match event:
        case events.UpgradeState():
            return [_upgrade(event, language)]
        case events.RestartWanted():
            return [{"event": "restart"}]
        case events.InstallationAltered():
            return [{"event": "altered", "files": list(event.files), "count": event.count}]
        case events.ReportMade(text=text):
            return [{"event": "report", "text": text}]
        case events.ReportSent():
            return [{"event": "report-sent"}]
        case events.ReportSaved(path=path):
            return [{"event": "report-saved", "path": path}]
        case events.CrashFound(text=text):
            return [{"event": "crash-found", "text": text}]
        case _:
            return []


def _upgrade(state: events.UpgradeState, language: Language) -> Line:
    line: Line = {"event": "upgrade", "stage": state.stage.value}
    told: Line = {
        "version": state.version,
        "notes": state.notes.model_dump() if state.notes is not None else None,
        "fraction": state.fraction,
        "until": state.until,
        "latest": state.latest,
        "minimum": state.minimum,
        "how": state.how,
    }
    line |= {name: value for name, value in told.items() if value not in (None, "")}
    if state.code is not None:
        error = error_line(state.code, language, dict(state.about))
        line |= {name: value for name, value in error.items() if name != "event"}
    return line
