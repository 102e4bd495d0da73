"""The agreement as a PDF to be signed: its clauses, the annexes listed by number and hash, a page for both signatures,
and each order on a page of its own (clauses 2 and 17).

It is PDF/A-3: made to be kept, with all its fonts in it and each order attached as the very bytes that its hash is of.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import typst

from vidphone.papers import FIELDS
from vidphone.papers.preparing import TIME_CHARACTERS, Place, prepare
from vidphone.resources import assets_dir
from vidphone.service.documents import fonts
from vidphone.terms.agreement import Agreement, MissingField
from vidphone.terms.money import format_fen, format_price
from vidphone.terms.orders import Order, Words, canonical, order_sha256
from vidphone.texts import Language, text
from vidphone.wire.price_rows import price_note, price_rows

MAX_NAME = 200
"""Characters of a party's name."""
_STANDARD: Literal["a-3u"] = "a-3u"
_NO_GLYPH = re.compile(r'the text `?"(?P<what>.*?)"`? could not be displayed', re.DOTALL)
_ESCAPE = re.compile(r"\\u\{(?P<code>[0-9a-f]+)\}")


class NoGlyph(ValueError):
    """No font has these characters, or they are of a kind that is not seen. `characters` are named by code."""

    def __init__(self, characters: str) -> None:
        named = ", ".join(f"U+{ord(character):04X}" for character in dict.fromkeys(characters))
        super().__init__(named)
        self.characters = characters


class NotComposed(ValueError):
    """The document could not be set; the text says why, for a log."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is signed. `agreement` is filled; `provider` is the name on the seal; `made_on` the day it is composed."""

    agreement: Agreement
    language: Language
    version: str
    orders: tuple[Order, ...]
    provider: str
    customer: str
    customer_number: str
    made_on: date


class Composer:
    """Sets documents with the fonts that were found. One for the whole service; may be used on any thread.

    Raises:
        NoFont: there is none with Chinese characters.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._typefaces = fonts.find(folder)

    def compose(self, contents: Contents) -> bytes:
        """The unsigned document with two signature fields. The same contents and fonts give the same bytes.

        Raises:
            MissingField: a place of the agreement is not filled.
            NoGlyph: no font has a character of it.
            NotComposed: it cannot be set.
        """
        if contents.agreement.unfilled:
            raise MissingField(min(contents.agreement.unfilled))
        for name in (contents.provider, contents.customer):
            if not 1 <= len(name) <= MAX_NAME:
                raise NotComposed("a party's name is empty or too long")
            if unseen := "".join(character for character in name if not character.isprintable()):
                raise NoGlyph(unseen)
        compiler = self._compiler("agreement.typ", _agreement_data(contents), contents.language)
        pages = _compile(compiler, contents.made_on)
        looks = _compile(self._compiler("looks.typ", _looks_data(contents), contents.language), contents.made_on)
        return prepare(pages, looks, _places(compiler, contents.language))

    def set_page(self, template: str, data: dict[str, Any], language: Language, made_on: date) -> bytes:
        """Another document: a template of `assets/documents` with its data. The same data give the same bytes.

        Raises:
            NoGlyph: no font has a character of it.
            NotComposed: it cannot be set.
        """
        return _compile(self._compiler(template, data, language), made_on)

    def _compiler(self, template: str, data: dict[str, Any], language: Language) -> typst.Compiler:
        folder = assets_dir() / "documents"
        typefaces = {"body": self._typefaces.body, "heading": self._typefaces.heading}
        data |= {"fonts": typefaces, "lang": language.value, "region": "CN"}
        return typst.Compiler(
            folder / template,
            root=folder,
            font_paths=self._typefaces.fonts,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )


def _compile(compiler: typst.Compiler, on: date) -> bytes:
    made_at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    try:
        pdf = compiler.compile(format="pdf", timestamp=made_at, pdf_standards=[_STANDARD])
    except typst.TypstError as error:
        if found := _NO_GLYPH.search(error.message):
            raise NoGlyph(_ESCAPE.sub(lambda code: chr(int(code["code"], 16)), found["what"])) from error
        raise NotComposed(error.message) from error
    if not isinstance(pdf, bytes):
        raise NotComposed("no single PDF")
    return pdf


def _places(compiler: typst.Compiler, language: Language) -> tuple[Place, ...]:
    found = {place["field"]: place for place in json.loads(compiler.query("<place>", field="value"))}
    return tuple(
        Place(
            field,
            text(f"document.{field}-signs", language),
            int(found[field]["page"]) - 1,
            *(float(found[field][edge]) for edge in ("left", "top", "width", "height")),
        )
        for field in FIELDS
    )


def _agreement_data(contents: Contents) -> dict[str, Any]:
    language, agreement = contents.language, contents.agreement
    say = _Words(language)
    return {
        "title": agreement.title,
        "author": contents.provider,
        "reference": say("reference", version=contents.version, order=", ".join(o.number for o in contents.orders)),
        "gap": "" if language is Language.CHINESE else " ",
        "labels": {
            **{key: say(key) for key in _LABELS},
            "page": say("page", page="#", pages="#"),
        },
        "clauses": [
            {
                "heading": say("clause", number=clause.number, title=clause.title) if clause.number else clause.title,
                "paragraphs": [
                    [
                        {"text": span.text, "highlight": span.highlight, "field": span.field is not None}
                        for span in paragraph
                    ]
                    for paragraph in clause.paragraphs
                ],
            }
            for clause in agreement.clauses
        ],
        "orders": [_order_data(order, index, say) for index, order in enumerate(contents.orders, 1)],
        "customer-rows": [
            (say("name"), contents.customer),
            (say("customer-number"), contents.customer_number),
        ],
        "provider-rows": [(say("name"), contents.provider)],
    }


def _looks_data(contents: Contents) -> dict[str, Any]:
    say = _Words(contents.language)
    return {
        "title": contents.agreement.title,
        "signed": say("signed"),
        "sealed": say("sealed"),
        "customer": contents.customer,
        "provider": contents.provider,
        "characters": list(TIME_CHARACTERS),
    }


_LABELS = (
    *("highlighted", "highlighted-means", "annexes", "annexes-are", "annex", "order", "sha256", "signatures"),
    *("signatures-are", "customer-signs", "provider-signs", "verify", "order-title", "prices", "destination"),
    *("voice-price", "video-price"),
)


class _Words:
    """The document's own words in its language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, key: str, **places: object) -> str:
        return text(f"document.{key}", self.language, **places)

    def of(self, words: Words) -> str:
        """The provider's words in that language."""
        return words.zh if self.language is Language.CHINESE else words.en


def _order_data(order: Order, index: int, say: _Words) -> dict[str, Any]:
    digest, least = order_sha256(order), order.plan.minimum_s
    return {
        "annex": say("annex-number", number=index),
        "number": order.number,
        "sha256": digest,
        "rows": _order_rows(order, say),
        "prices": [
            (row.label, format_price(row.voice_e4_yuan), format_price(row.video_e4_yuan))
            for price in order.plan.prices
            for row in price_rows(price, say.language)
        ],
        "notes": [
            *filter(None, [price_note(order.plan, say.language)]),
            say("charged" if least else "charged-steps", least=least, step=order.plan.increment_s),
            say("order-attached", file=_file_name(order), sha256=digest),
        ],
        "file": _file_name(order),
        "json": canonical(order).decode("utf-8"),
    }


def _order_rows(order: Order, say: _Words) -> list[tuple[str, str]]:
    terminal = [(say("terminal"), say("no-terminal"))]
    if order.terminal is not None:
        name, price = say.of(order.terminal.name), format_fen(order.terminal.price_fen)
        terminal = [
            (say("terminal"), say("terminal-price", name=name, price=price)),
            (say("terminal-about"), say.of(order.terminal.about)),
        ]
    return [
        (say("order"), order.number),
        (say("ordered-on"), order.ordered_on.isoformat()),
        (say("customer-number"), order.customer_number),
        (say("plan"), say.of(order.plan.name)),
        (say("plan-about"), say.of(order.plan.about)),
        (say("monthly-rent"), format_fen(order.plan.monthly_rent_fen)),
        *terminal,
        (say("credit-limit"), format_fen(order.credit_limit_fen)),
        (say("catalogue"), order.catalogue_version),
    ]


def _file_name(order: Order) -> str:
    return f"order-{re.sub('[^0-9A-Za-z-]', '-', order.number)}.json"
