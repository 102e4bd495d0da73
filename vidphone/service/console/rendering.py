"""Templates of the console: escaped always, with the words of a language and nothing that is left out."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from vidphone.resources import assets_dir
from vidphone.service.console.sections import PREFIX
from vidphone.service.days import CHINA
from vidphone.terms.money import format_fen, format_price
from vidphone.texts import Language, has_text, text

if TYPE_CHECKING:
    from vidphone.service.console.visit import Visit

HERE = Path(__file__).parent
_OURS = "console"


@cache
def environment() -> Environment:
    """The templates; read once."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"icon": icon, "money": format_fen, "price": format_price, "moment": moment, "prefix": PREFIX}
    return made


def words(language: Language, key: str, **places: object) -> str:
    """The text `console.<key>`."""
    return text(f"{_OURS}.{key}", language, **places)


def render(visit: "Visit", template: str, values: Mapping[str, object]) -> str:
    """A page for a visitor."""
    from vidphone.service.console.table import navigation  # noqa: PLC0415 - the table names pages, which render

    done = f"{_OURS}.done.{visit.query('done')}"
    return (
        environment()
        .get_template(f"{template}.html")
        .render(
            {
                "t": partial(words, visit.language),
                "w": partial(_whole, visit.language),
                "said": partial(_said, visit.language),
                "language": visit.language.value,
                "theme": visit.theme,
                "staff": visit.session,
                "section": visit.section,
                "sections": navigation(visit.session),
                "csrf": visit.csrf,
                "here": visit.request.url.path,
                "done": text(done, visit.language) if has_text(done) else "",
                "rehearsal": visit.parts.clock.rehearsal,
                **values,
            }
        )
    )


@cache
def icon(name: str) -> Markup:
    """A drawing of `assets/icons`, which takes the colour of the text around it."""
    drawing = (assets_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8").strip()
    hidden = drawing.replace("<svg ", '<svg class="icon" aria-hidden="true" focusable="false" ', 1)
    return Markup(hidden)  # noqa: S704 - it ships with the program


def moment(at: float | date | None) -> str:
    """A time or a day of the provider's as it is shown."""
    if at is None:
        return "–"
    if isinstance(at, date):
        return at.isoformat()
    return datetime.fromtimestamp(at, CHINA).strftime("%Y-%m-%d %H:%M")


def _whole(language: Language, key: str, **places: object) -> str:
    return text(key, language, **places)


def _said(language: Language, both: object) -> str:
    """The provider's own words in that language."""
    return str(getattr(both, language.value))
