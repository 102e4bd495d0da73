"""The words of an agreement on their way from files to publication: read, checked, figures put in (clauses 0, 15)."""

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from vidphone.resources import assets_dir
from vidphone.service.config import BadConfig
from vidphone.service.offer_config import AgreementConfig
from vidphone.terms.agreement import Agreement, FormatFault, UnfitField, fit, parse
from vidphone.terms.figures import Figures
from vidphone.terms.publication import check, places, substitute
from vidphone.texts import Language, system_language, text
from vidphone.wire.agreement import provider_fields
from vidphone.wire.sign_up import Provider

MAX_FILE_BYTES = 800_000
SHIPPED = "agreement"


@dataclass(frozen=True, slots=True)
class Texts:
    """What is published: the document's source and the notice, by language, with their version and date."""

    version: str
    published_on: date
    agreement: dict[Language, str]
    notice: dict[Language, str]


def read_texts(config: AgreementConfig, data: Path, provider: Provider, figures: Figures) -> Texts:
    """The texts that `[agreement]` names, or those that ship.

    Raises:
        BadConfig: a file cannot be read or is not as it should be; the text says which, and where in it.
    """
    if config.is_own and (config.version is None or config.published_on is None):
        raise BadConfig(told("config.version-wanted"))
    own = {
        "agreement": _pair(config, "zh", "en"),
        "identity-notice": _pair(config, "identity_notice_zh", "identity_notice_en"),
    }
    shipped = assets_dir() / SHIPPED
    edition = tomllib.loads((shipped / "edition.toml").read_text(encoding="utf-8"))
    documents: dict[Language, tuple[str, Agreement]] = {}
    notices: dict[Language, str] = {}
    for at, language in enumerate((Language.CHINESE, Language.ENGLISH)):
        values = figure_fields(figures, language)
        name, source = _source(own["agreement"], at, data, shipped / f"agreement.{language.value}.md")
        documents[language] = (substitute(source, values), parsed(name, source))
        name, notice = _source(own["identity-notice"], at, data, shipped / f"identity-notice.{language.value}.txt")
        notices[language] = _notice(name, notice, values | provider_fields(provider, language))
    for fault in check(documents[Language.CHINESE][1], documents[Language.ENGLISH][1]):
        raise BadConfig(told(f"document.{fault.code.value}", about=fault.about))
    return Texts(
        version=config.version or edition["version"],
        published_on=config.published_on or edition["published_on"],
        agreement={language: source for language, (source, _) in documents.items()},
        notice=notices,
    )


def figure_fields(figures: Figures, language: Language) -> dict[str, str]:
    """The figures as a document in that language says them, with their units."""
    said: dict[str, str] = {}
    for figure in fields(figures):
        value, unit = getattr(figures, figure.name), figure.name.rpartition("_")[2]
        if unit == "percent":
            said[f"figure.{figure.name}"] = f"{value.normalize():f}"
        else:
            number = "one" if value == 1 else "more"
            said[f"figure.{figure.name}"] = text(f"wording.{unit}.{number}", language, count=value)
    return said


def read_file(data: Path, name: str, section: str) -> str:
    """The text of a file that a section of the configuration names, relative to the data folder.

    Raises:
        BadConfig: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        with (data / name).open("rb") as file:
            body = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        detail = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise BadConfig(told("config.file-absent", section=section, file=name, detail=detail)) from error
    if len(body) > MAX_FILE_BYTES:
        raise BadConfig(told("config.file-too-large", file=name, limit=MAX_FILE_BYTES))
    try:
        return body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BadConfig(told("config.file-not-utf-8", file=name)) from error


def parsed(name: str, source: str) -> Agreement:
    """The document of a file's text.

    Raises:
        BadConfig: it is not in form; the text names file and line.
    """
    try:
        return parse(source)
    except FormatFault as fault:
        detail = told(f"format.{fault.code.value}", file=name, line=fault.line, about=fault.about)
        raise BadConfig(detail) from fault


def told(key: str, **places: object) -> str:
    """The sentence `offer.<key>` in the system's language."""
    return text(f"offer.{key}", system_language(), **places)


def _pair(config: AgreementConfig, one: str, other: str) -> tuple[str, str] | None:
    chinese, english = getattr(config, one), getattr(config, other)
    if chinese and english:
        return chinese, english
    if chinese or english:
        raise BadConfig(told("config.both-languages", one=one, other=other))
    return None


def _source(own: tuple[str, str] | None, at: int, data: Path, shipped: Path) -> tuple[str, str]:
    """The name of a file, for messages, and its text."""
    if own is None:
        return shipped.name, shipped.read_text(encoding="utf-8")
    return own[at], read_file(data, own[at], SHIPPED)


def _notice(name: str, source: str, values: dict[str, str]) -> str:
    try:
        for line in source.splitlines():
            fit(name, line.expandtabs())
    except UnfitField as fault:
        raise BadConfig(told("notice.unseen-character", file=name)) from fault
    for field in sorted(places(source) - values.keys()):
        raise BadConfig(told("notice.unknown-field", file=name, about=field))
    notice = substitute(source, values, plain=True).strip()
    if not notice:
        raise BadConfig(told("notice.empty", file=name))
    return notice
