import sys
from dataclasses import replace
from pathlib import Path
from subprocess import run

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.papers import CUSTOMER_NAME, an_agreement, an_order, composer, contents, unsigned
from vidphone.service.documents.compose import Composer, NoGlyph, NotComposed
from vidphone.service.documents.fonts import HEADING, NoFont
from vidphone.terms.agreement import MissingField, parse
from vidphone.texts import Language


def test_the_same_contents_give_the_same_bytes() -> None:
    assert composer().compose(contents()) == unsigned()


@pytest.mark.slow
def test_the_same_contents_give_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys; sys.path.insert(0, '.'); from hashlib import sha256; "
        "from tests.support.papers import unsigned; print(len(unsigned()), sha256(unsigned()).hexdigest())"
    )
    shown = [
        run([sys.executable, "-c", program], check=True, capture_output=True, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("1", "2")
    ]
    assert shown[0] == shown[1]
    assert int(shown[0].split()[0]) == len(unsigned())


def test_an_agreement_with_an_empty_place_is_refused_by_name() -> None:
    unfilled = parse("# T\n" + "".join(f"\n## {n} t\n\n{{customer.employer}} x\n" for n in range(19)))
    with pytest.raises(MissingField, match=r"customer\.employer"):
        composer().compose(replace(contents(), agreement=unfilled))


@pytest.mark.parametrize(
    "name",
    [
        '#import "/etc/passwd": *',
        "#sys.inputs.data",
        "$x^2$ *强* _斜_ `原` <标> @引 = 题",
        "\\u{5f20}\\",
        '"}] #panic() //',
        "a/*b*/ - c + d",
        "{customer.name}",
    ],
)
def test_a_name_is_text_and_never_markup(name: str) -> None:
    changed = contents(customer=name, provider=name)
    assert composer().compose(changed).startswith(b"%PDF")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(codec="gb2312", exclude_categories=["C", "Z"]), min_size=1, max_size=40))
def test_any_name_of_gb_2312_can_be_set(name: str) -> None:
    assert composer().compose(contents(customer=name, provider=name)).startswith(b"%PDF")


def test_a_character_that_no_font_has_is_refused_by_name(one_font: Path) -> None:
    with pytest.raises(NoGlyph, match=r"U\+13080") as refused:
        Composer(one_font).compose(contents(customer="张𓂀"))
    assert "𓂀" in refused.value.characters


@pytest.mark.parametrize("character", ["\u202e", "\u200b", "\n", "\x00", "\ud800", "\ue000"])
def test_a_character_that_is_not_seen_is_refused(character: str) -> None:
    agreed = contents()
    with pytest.raises(NoGlyph, match=f"U\\+{ord(character):04X}"):
        composer().compose(replace(agreed, customer=f"张{character}三"))


@pytest.mark.parametrize("name", ["", "张" * 201])
def test_an_empty_or_endless_name_is_refused(name: str) -> None:
    with pytest.raises(NotComposed):
        composer().compose(replace(contents(), customer=name))


def test_several_orders_are_all_annexed() -> None:
    second = replace(an_order(), number="20260801-000043", terminal=None)
    document = composer().compose(replace(contents(), orders=(an_order(), second)))
    assert document.count(b"/EmbeddedFile\n") == 2


def test_english_is_set_as_well() -> None:
    agreed = replace(contents(Language.ENGLISH), agreement=an_agreement(Language.ENGLISH))
    assert b"/Lang (en" in composer().compose(agreed)


def test_without_a_font_it_says_so(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(NoFont, match=str(folder)):
            Composer(folder)


def test_the_operators_folder_of_fonts_is_used(one_font: Path) -> None:
    """One font for everything; what the operator did not put there is not used."""
    document = Composer(one_font).compose(contents())
    (file,) = one_font.iterdir()
    assert file.stem[:8].encode() in document
    assert b"Serif" not in document


@pytest.fixture
def one_font(tmp_path: Path) -> Path:
    """A folder with one Chinese font of the system's."""
    found = {font.family: str(font.path) for font in typst.Fonts(include_embedded_fonts=False).fonts()}
    path = Path(next(found[family] for family in HEADING if family in found))
    (tmp_path / path.name).symlink_to(path)
    return tmp_path


def test_the_name_on_the_page_is_the_customers() -> None:
    assert composer().compose(contents(customer=CUSTOMER_NAME + "丰")) != unsigned()
