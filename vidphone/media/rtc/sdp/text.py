"""Reading a description. It comes from a stranger: every bound is checked, and everything wrong with it is `MALFORMED`.

Lines that are not known are passed over (RFC 8866 section 5.13). Whether a call can be made of the description is
`negotiation`'s to say.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vidphone.media.rtc.sdp.model import (
    Description,
    Direction,
    Format,
    IceCredentials,
    Medium,
    Setup,
    Source,
    SourceGroup,
)
from vidphone.wire.errors import ErrorCode, VidphoneError

MAX_CHARS = 65_536
MAX_LINES = 2000
MAX_MEDIA = 16
MAX_SOURCES = 64
MAX_GROUPS = 32
MAX_CANDIDATES = 64
MAX_FEEDBACK = 32
"""A format."""
MAX_PARAMETERS = 32
MAX_EXTENSION_ID = 14
"""Ids that the one-byte header has (RFC 8285 section 4.2); others are taken as not offered."""
MAX_BPS = 10**9
MAX_CLOCK_HZ = 10**6

_M_LINE = re.compile(r"(\w{1,16}) (\d{1,5})(?:/\d{1,5})? ([\w/]{1,32})((?: [!-~]{1,32}){1,128})", re.ASCII)
_RTPMAP = re.compile(r"(\d{1,3}) ([!-.0-~]{1,32})/(\d{1,7})(?:/([1-9]\d?))?", re.ASCII)
_EXTMAP = re.compile(r"(\d{1,5})(/\w{1,8})? (\S{1,200})(?: .*)?", re.ASCII)
_SSRC = re.compile(r"(\d{1,10}) ([!-9;-~]{1,32})(?::(.*))?", re.ASCII)
_GROUP = re.compile(r"([\w-]{1,16})((?: \d{1,10}){1,16})", re.ASCII)
_BANDWIDTH = re.compile(r"(AS|TIAS):(\d{1,12})", re.ASCII)
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`{|}~0-9A-Za-z]{1,64}", re.ASCII)
_UFRAG = re.compile(r"[0-9A-Za-z+/]{4,256}", re.ASCII)
_PASSWORD = re.compile(r"[0-9A-Za-z+/]{22,256}", re.ASCII)
_FINGERPRINT = re.compile(r"[0-9A-F]{2}(?::[0-9A-F]{2}){31}", re.ASCII)
_ORIGIN = re.compile(r"\S{1,64} (\d{1,20}) (\d{1,20}) IN IP[46] \S{1,255}", re.ASCII)
_DIRECTIONS = {direction.value: direction for direction in Direction}


def read(text: str) -> Description:
    """Read a description.

    Raises:
        VidphoneError: `MALFORMED`.
    """
    try:
        return _read(text)
    except ValueError as error:
        raise VidphoneError(ErrorCode.MALFORMED, {"detail": "sdp"}) from error


@dataclass(slots=True)
class _Section:
    """The lines of the session, or of one m-line."""

    values: dict[str, str] = field(default_factory=dict)
    """Attributes that stand once; the first counts."""
    lists: dict[str, list[str]] = field(default_factory=dict)
    """Those that may stand often."""
    m_line: str = ""
    bandwidth: list[str] = field(default_factory=list)
    origin: str = ""

    def all(self, name: str) -> list[str]:
        return self.lists.get(name, [])


_REPEATED = {
    "rtpmap", "fmtp", "rtcp-fb", "extmap", "ssrc", "ssrc-group", "candidate", "fingerprint", "group",
}  # fmt: skip


def _sections(text: str) -> list[_Section]:
    if len(text) > MAX_CHARS:
        raise ValueError("too long")
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    if len(lines) > MAX_LINES or lines[0] != "v=0":
        raise ValueError("not a description")
    sections = [_Section()]
    for line in lines[1:]:
        if line[1:2] != "=" or not line.isprintable():
            raise ValueError("a line is no line")
        kind, rest = line[0], line[2:]
        if kind == "m":
            sections.append(_Section(m_line=rest))
            continue
        section = sections[-1]
        if kind == "a":
            name, _, value = rest.partition(":")
            if name in _REPEATED:
                section.lists.setdefault(name, []).append(value)
            else:
                section.values.setdefault(name, value)
        elif kind == "b":
            section.bandwidth.append(rest)
        elif kind == "o":
            section.origin = rest
    if not 2 <= len(sections) <= MAX_MEDIA + 1:
        raise ValueError("number of media")
    return sections


def _read(text: str) -> Description:
    session, *parts = _sections(text)
    origin = _match(_ORIGIN, session.origin)
    media = tuple(_medium(part, session) for part in parts)
    mids = [medium.mid for medium in media if medium.mid]
    if len(set(mids)) != len(mids):
        raise ValueError("two media of one name")
    bundle: tuple[str, ...] = ()
    for group in session.all("group"):
        semantics, *names = group.split(" ")
        if semantics == "BUNDLE" and names:
            if bundle or len(set(names)) != len(names) or not set(names) <= set(mids):
                raise ValueError("bundle")
            bundle = tuple(names)
    return Description(
        media=media,
        bundle=bundle,
        session=int(origin[1]),
        version=int(origin[2]),
        ice_lite="ice-lite" in session.values,
        trickle=any("trickle" in part.values.get("ice-options", "").split(" ") for part in (session, *parts)),
    )


def _medium(part: _Section, session: _Section) -> Medium:
    kind, port, protocol, listed = _match(_M_LINE, part.m_line).groups()
    mid = part.values.get("mid", "")
    if mid:
        _match(_TOKEN, mid)
    words = tuple(listed.split())
    candidates = part.all("candidate")
    direction = next((_DIRECTIONS[name] for name in part.values if name in _DIRECTIONS), None) or next(
        (_DIRECTIONS[name] for name in session.values if name in _DIRECTIONS), Direction.SENDRECV
    )
    return Medium(
        kind=kind,
        mid=mid,
        protocol=protocol,
        port=_number(port, 65_535),
        words=words,
        direction=direction,
        formats=_formats(words, part) if kind in ("audio", "video") else (),
        extensions=_extensions([*session.all("extmap"), *part.all("extmap")]),
        sources=_sources(part.all("ssrc")),
        groups=_groups(part.all("ssrc-group")),
        **_msid(part.values.get("msid", "")),
        ice=_ice(part, session),
        fingerprints=_fingerprints(part.all("fingerprint") or session.all("fingerprint")),
        setup=_setup(part.values.get("setup", session.values.get("setup"))),
        rtcp_mux="rtcp-mux" in part.values,
        reduced_rtcp="rtcp-rsize" in part.values,
        receiver_times="rcvr-rtt" in part.values.get("rtcp-xr", session.values.get("rtcp-xr", "")),
        bundle_only="bundle-only" in part.values,
        bandwidth_bps=_bandwidth(part.bandwidth or session.bandwidth),
        ptime_ms=_optional_number(part.values.get("ptime"), 120),
        candidates=tuple(f"candidate:{each}" for each in candidates[:MAX_CANDIDATES]),
        candidates_end="end-of-candidates" in part.values or "end-of-candidates" in session.values,
    )


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    if (match := pattern.fullmatch(text)) is None:
        raise ValueError("a value of another form")
    return match


def _number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= most):
        raise ValueError("a number out of range")
    return int(text)


def _optional_number(text: str | None, most: int) -> int | None:
    try:
        return None if text is None else _number(text, most) or None
    except ValueError:  # a wish that cannot be read is none
        return None


def _formats(words: Iterable[str], part: _Section) -> tuple[Format, ...]:
    listed = [_number(word, 127) for word in words]
    if len(set(listed)) != len(listed):
        raise ValueError("a payload type twice")
    maps: dict[int, re.Match[str]] = {}
    for value in part.all("rtpmap"):
        found = _match(_RTPMAP, value)
        if maps.setdefault(_number(found[1], 127), found)[0] != value:
            raise ValueError("a payload type with two meanings")
    fmtp: dict[int, Mapping[str, str]] = {}
    for value in part.all("fmtp"):
        number, _, rest = value.partition(" ")
        fmtp.setdefault(_number(number, 127), _parameters(rest))
    feedback: dict[str, set[str]] = {}
    for value in part.all("rtcp-fb"):
        number, _, rest = value.partition(" ")
        kept = feedback.setdefault(number, set())
        if len(kept) < MAX_FEEDBACK:
            kept.add(rest.strip().lower())
    everywhere = feedback.get("*", set())
    return tuple(
        Format(
            payload_type=number,
            encoding=found[2],
            clock_rate=_number(found[3], MAX_CLOCK_HZ),
            channels=int(found[4] or 1),
            fmtp=fmtp.get(number, {}),
            feedback=frozenset(everywhere | feedback.get(str(number), set())),
        )
        for number in listed
        for found in (maps.get(number),)
        if found is not None
    )


def _parameters(text: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for piece in text.split(";", MAX_PARAMETERS)[:MAX_PARAMETERS]:
        name, equals, value = piece.strip().partition("=")
        if equals:
            parameters.setdefault(name.strip().lower(), value.strip())
        elif name:
            parameters.setdefault("", name)
    return parameters


def _extensions(values: Iterable[str]) -> dict[str, int]:
    extensions: dict[str, int] = {}
    for value in values:
        found = _match(_EXTMAP, value)
        number = _number(found[1], 65_535)
        if not number:
            raise ValueError("extension 0 is padding")
        if found[2] or number > MAX_EXTENSION_ID:  # one way only, or for a header we do not write
            continue
        if number in extensions.values() and extensions.get(found[3]) != number:
            raise ValueError("an extension with two meanings")
        extensions.setdefault(found[3], number)
    return extensions


def _sources(values: Iterable[str]) -> tuple[Source, ...]:
    names: dict[int, str] = {}
    for value in values:
        found = _match(_SSRC, value)
        ssrc = _number(found[1], 2**32 - 1)
        if ssrc in names or len(names) < MAX_SOURCES:
            names[ssrc] = (found[3] or "") if found[2] == "cname" else names.get(ssrc, "")
    return tuple(Source(ssrc, cname) for ssrc, cname in names.items())


def _groups(values: list[str]) -> tuple[SourceGroup, ...]:
    found = [_match(_GROUP, value) for value in values[:MAX_GROUPS]]
    return tuple(SourceGroup(each[1], tuple(_number(text, 2**32 - 1) for text in each[2].split())) for each in found)


def _msid(value: str) -> dict[str, str]:
    stream, _, track = value.partition(" ")
    return {"stream": stream[:64], "track": track[:64]}


def _ice(part: _Section, session: _Section) -> IceCredentials | None:
    ufrag = part.values.get("ice-ufrag", session.values.get("ice-ufrag"))
    password = part.values.get("ice-pwd", session.values.get("ice-pwd"))
    if ufrag is None or password is None:
        return None
    return IceCredentials(_match(_UFRAG, ufrag)[0], _match(_PASSWORD, password)[0])


def _fingerprints(values: Iterable[str]) -> tuple[str, ...]:
    pairs = [value.split(" ", 1) for value in values]
    digests = [pair[-1].strip().upper() for pair in pairs if pair[0].lower() == "sha-256"]
    return tuple(dict.fromkeys(_match(_FINGERPRINT, digest)[0] for digest in digests))


def _setup(value: str | None) -> Setup | None:
    return None if value is None else Setup(value)


def _bandwidth(values: Iterable[str]) -> int | None:
    """RFC 3890's bits a second before RFC 8866's kilobits; nothing where neither says a number above zero."""
    found = {each[1]: int(each[2]) for value in values if (each := _BANDWIDTH.fullmatch(value))}
    bps = found.get("TIAS") or found.get("AS", 0) * 1000
    return min(bps, MAX_BPS) or None
