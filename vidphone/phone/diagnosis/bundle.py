"""The text of a report: program, devices, last calls in figures, log. Pure; and nobody is named in it.

A person reads the whole of it before it is sent, and it is sent letter for letter. Three things keep personal data
out: what is taken in at all, the patterns of `scrub.py`, and the names and numbers that this phone knows of.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from vidphone.media.devices import Device, DeviceKind
from vidphone.phone.diagnosis.calls import CallNote
from vidphone.phone.diagnosis.known import Known
from vidphone.phone.diagnosis.limits import MAX_WORDS
from vidphone.scrub import scrub_text
from vidphone.wire.reports import MAX_TEXT

MAX_CRASH = 40_000
_OWNER = re.compile(r"^.{1,40}?(?:['’]s\s|的)\s*")
"""People name devices after themselves: 小明的 AirPods, Ming's AirPods."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a report is made of."""

    program: Mapping[str, str]
    words: str = ""
    """What the person wrote."""
    devices: Mapping[DeviceKind, Sequence[Device]] = field(default_factory=dict)
    selected: Mapping[DeviceKind, str] = field(default_factory=dict)
    calls: Sequence[CallNote] = ()
    log: str = ""
    crash: str = ""
    now_s: float = 0.0
    """Monotonic."""


def bundle(findings: Findings, known: Known) -> str:
    """The text, at most `MAX_TEXT` characters; of the log, the end."""

    def clean(text: str) -> str:
        return known.leave_out(scrub_text(known.leave_out(text)))

    parts = [_section("program", "\n".join(f"{name}: {value}" for name, value in findings.program.items()))]
    if findings.words.strip():
        parts.append(_section("what happened", clean(findings.words.strip()[:MAX_WORDS])))
    if findings.crash:
        parts.append(_section("crash", clean(findings.crash[-MAX_CRASH:])))
    if findings.devices:
        parts.append(_section("devices", clean("\n".join(_devices(findings)))))
    if findings.calls:
        lines = [_call(note, findings.now_s) for note in reversed(findings.calls)]
        parts.append(_section("last calls", clean("\n".join(lines))))
    left = MAX_TEXT - sum(map(len, parts)) - 2 * len(parts) - 16
    if findings.log and left > 0:
        parts.append(_section("log", clean(findings.log)[-left:]))
    return "\n\n".join(parts)


def _section(title: str, content: str) -> str:
    return f"== {title}\n{content}"


def _devices(findings: Findings) -> Iterable[str]:
    for kind, devices in findings.devices.items():
        chosen = findings.selected.get(kind, "")
        for device in devices:
            marks = [mark for mark, so in (("in use", device.id == chosen), ("default", device.default)) if so]
            yield f"{kind.value}: {_OWNER.sub('', device.name)}" + (f" ({', '.join(marks)})" if marks else "")
        if not devices:
            yield f"{kind.value}: none"


def _call(note: CallNote, now_s: float) -> str:
    view = note.view
    talked_s = (view.ended_at or 0.0) - view.connected_at if view.connected_at is not None else 0.0
    what = "video" if view.video else "voice"
    end = view.reason.value if view.reason else "?"
    head = f"{view.direction.value} {what}, ended {now_s - note.ended_at_s:,.0f} s ago after {talked_s:,.1f} s: {end}"
    if note.stats is None:
        return head
    figures = asdict(note.stats)
    del figures["call"]
    lines = []
    for name, value in figures.items():
        said = ", ".join(f"{key} {_figure(one)}" for key, one in _flat(value) if one not in (0, 0.0, "", None))
        if said:
            lines.append(f"  {name}: {said}")
    return "\n".join([head, *lines])


def _flat(value: object) -> list[tuple[str, object]]:
    return list(value.items()) if isinstance(value, dict) else [("=", value)]


def _figure(value: object) -> str:
    """A figure that is not taken for a number that names somebody: thousands stand apart."""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
