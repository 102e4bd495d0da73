"""What windows say of the program itself. Knows no Qt."""

from dataclasses import dataclass, field

from vidphone.installation.altered import How
from vidphone.phone import events
from vidphone.phone.events import UpgradeStage, UpgradeState
from vidphone.texts import Language, text
from vidphone.ui.design.status import Standing

LATER_H = 24.0
"""How long "later" is; the phone bounds it."""
_HOW = {"source", "pip", "deb", "rpm"}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or two, and how things stand."""

    standing: Standing
    keys: tuple[str, ...] = ()
    places: dict[str, object] = field(default_factory=dict)


@dataclass
class AboutView:
    """Events folded into what is said."""

    upgrade: UpgradeState | None = None
    """None: nothing was looked for yet."""
    altered: tuple[str, ...] = ()
    altered_count: int = 0
    put_off: bool = False
    """Whether the person said later to what is ready now."""

    def take(self, event: events.Event) -> bool:
        """Take an event in; whether something of it is said."""
        match event:
            case UpgradeState():
                same = self.upgrade is not None and self.upgrade.version == event.version
                self.put_off = self.put_off and same and event.stage is UpgradeStage.READY
                self.upgrade = event
            case events.InstallationAltered(files=files, count=count):
                self.altered, self.altered_count = files, count
            case _:
                return False
        return True

    def altered_words(self, language: Language, limit: int | None = None) -> str:
        """The altered files, at most `limit`, each with how it differs."""
        return text("ui.between", language).join(_file(one, language) for one in self.altered[:limit])

    @property
    def can_install(self) -> bool:
        """Whether "install now" does something."""
        return self.upgrade is not None and self.upgrade.stage is UpgradeStage.READY

    @property
    def can_wait(self) -> bool:
        """Whether "later" does something."""
        state = self.upgrade
        return self.can_install and state is not None and state.latest is not None

    def notes(self, language: Language) -> str:
        """What changed; empty where nothing is there or nobody says."""
        notes = self.upgrade.notes if self.upgrade is not None else None
        if notes is None:
            return ""
        return notes.zh or notes.en if language is Language.CHINESE else notes.en or notes.zh

    def said(self, own_version: str) -> Said:
        """The state of upgrades; the place `until`, in UTC seconds, is for whoever shows it to make a date of."""
        state = self.upgrade
        if state is None:
            return Said(Standing.PLAIN)
        places: dict[str, object] = {"version": state.version, "minimum": state.minimum, "own": own_version}
        keys: tuple[str, ...]
        match state.stage:
            case UpgradeStage.NONE:
                return Said(Standing.GOOD, ("ui.upgrade.newest",))
            case UpgradeStage.FOUND | UpgradeStage.DOWNLOADING:
                percent = round(100 * (state.fraction or 0.0))
                return Said(Standing.BUSY, ("ui.upgrade.downloading",), {**places, "percent": percent})
            case UpgradeStage.READY:
                when = "ui.upgrade.when-left" if state.until is None else "ui.upgrade.when-time"
                keys = ("ui.upgrade.ready", when)
                if state.minimum:
                    keys = ("ui.upgrade.needed", *keys)
                standing = Standing.CARE if state.minimum else Standing.PLAIN
                return Said(standing, keys, {**places, "until": state.until})
            case UpgradeStage.WAITING_FOR_CALL:
                return Said(Standing.BUSY, ("ui.upgrade.waiting",), places)
            case UpgradeStage.FAILED:
                code = state.code.value if state.code is not None else "upgrade-failed"
                return Said(Standing.BAD, (f"error.{code}", f"error.{code}.next"), {**places, **dict(state.about)})
            case UpgradeStage.BELOW_MINIMUM:
                return Said(Standing.BAD, ("ui.upgrade.needed", "ui.upgrade.needed.none"), places)
            case UpgradeStage.NOT_SELF_UPDATING:
                how = state.how if state.how in _HOW else "package"
                keys = (f"ui.upgrade.how.{how}",)
                if state.version:
                    keys = ("ui.upgrade.there-is", *keys)
                if state.minimum:
                    keys = ("ui.upgrade.needed", *keys)
                return Said(Standing.CARE if state.minimum else Standing.PLAIN, keys, places)


def _file(told: str, language: Language) -> str:
    """A file that the phone names as `path (how)`."""
    path, _, how = told.removesuffix(")").rpartition(" (")
    if not path or how not in set(How):
        return told
    return text("ui.altered.file", language, path=path, how=text(f"ui.altered.how.{how}", language))
