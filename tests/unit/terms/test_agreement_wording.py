"""The wording that ships: complete, the same in both languages, saying what `docs/` and the program promise."""

import re
import tomllib
from pathlib import Path

import pytest

from vidphone.resources import assets_dir
from vidphone.service.offer_texts import figure_fields
from vidphone.terms.agreement import FIELDS, LAST_CLAUSE, Agreement, Clause, parse
from vidphone.terms.agreement_text import plain_text
from vidphone.terms.figures import Figures
from vidphone.terms.publication import check, places, substitute, text_sha256
from vidphone.texts import Language

FOLDER = assets_dir() / "agreement"
LIMITING = {1, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
"""The clauses that limit, penalise, cut off, or ask for consent: Civil Code, article 496."""


def source(language: Language) -> str:
    return (FOLDER / f"agreement.{language.value}.md").read_text(encoding="utf-8")


def published(language: Language) -> Agreement:
    return parse(substitute(source(language), figure_fields(Figures(), language)))


def words(clause: Clause, *, highlighted: bool = False) -> str:
    paragraphs = ("".join(s.text for s in part if s.highlight or not highlighted) for part in clause.paragraphs)
    return "\n".join(paragraphs)


def test_both_languages_have_the_same_clauses_places_and_highlights() -> None:
    chinese, english = (parse(source(language)) for language in (Language.CHINESE, Language.ENGLISH))
    assert check(chinese, english) == ()
    assert len(chinese.clauses) == len(english.clauses) == LAST_CLAUSE + 1
    assert chinese.fields == english.fields == FIELDS
    for one, other in zip(chinese.clauses, english.clauses, strict=True):
        assert len(one.paragraphs) == len(other.paragraphs), one.number
        assert sorted(_fields(one)) == sorted(_fields(other)), one.number


def _fields(clause: Clause) -> list[str]:
    parts = (*clause.paragraphs, clause.explanation)
    return [span.field for part in parts for span in part if span.field is not None]


@pytest.mark.parametrize("language", Language)
def test_what_limits_is_highlighted_and_explained(language: Language) -> None:
    agreement = published(language)
    for clause in agreement.clauses:
        assert bool(clause.highlights) == bool(clause.explanation), clause.number
    assert {clause.number for clause in agreement.clauses if clause.highlights} == LIMITING | {18}


MUST_SAY = [
    # clause, Chinese, English, whether it has to be highlighted
    (1, "统一社会信用代码", "unified social credit code", False),
    (1, "证件复印件", "copy of the identity document", True),
    (1, "暂停服务", "suspend the service", True),
    (1, "加密保存", "encrypted", False),
    (1, "导出", "export", False),
    (2, "SHA-256", "SHA-256", False),
    (2, "附件", "annexes", False),
    (3, "开放源代码", "open-source", False),
    (3, "哪个文件", "names that file", False),
    (4, "1 年", "1 year", True),
    (4, "书面", "written", True),
    (4, "打开机壳", "opens the case", True),
    (4, "都不延长保修期", "Neither extends the warranty", True),
    (4, "归乙方所有", "belong to Party B", True),
    (5, "0.3%", "0.3%", True),
    (5, "超过 1 个月", "more than 1 month", True),
    (5, "超过 3 个月", "more than 3 months", True),
    (5, "立即恢复", "at once", False),
    (6, "质量报告", "quality report", False),
    (6, "更正账单", "corrects the bill", False),
    (7, "提前", "in advance", True),
    (8, "自动下载并安装", "downloads and installs", True),
    (8, "不在通话中", "never does so during a call", False),
    (9, "信用额", "credit limit", True),
    (9, "60 秒、30 秒、10 秒", "60, 30 and 10 seconds", True),
    (9, "付费的一方", "the side that pays", True),
    (9, "数秒内解除", "within seconds", False),
    (10, "月租费照常收取", "monthly rent is charged", True),
    (10, "短码", "short code", False),
    (11, "结清全部费用", "paid all charges", True),
    (11, "3 年", "3 years", False),
    (12, "网络检测", "network test", False),
    (13, "24 小时", "24 hours", True),
    (13, "人身损害", "injury of a person", False),
    (14, "不计违约金", "no late fee", True),
    (15, "1 个月内", "within 1 month", True),
    (15, "视为接受变更", "counts as accepted", True),
    (17, "一式两份", "two copies", False),
    (17, "双方", "both parties have signed", False),
    (18, "提问", "questions", False),
]


@pytest.mark.parametrize(("number", "chinese", "english", "highlighted"), MUST_SAY)
def test_clause_says_what_the_program_does(number: int, chinese: str, english: str, highlighted: bool) -> None:
    assert chinese in words(published(Language.CHINESE).clause(number), highlighted=highlighted)
    assert english in words(published(Language.ENGLISH).clause(number), highlighted=highlighted)


@pytest.mark.parametrize("language", Language)
def test_figures_come_from_one_place(language: Language) -> None:
    left = parse(source(language))
    bare = plain_text(left, blank="")
    assert not re.search(r"0\.3|24|千分之", re.sub(r"SHA-256", "", bare))


def test_arbitration_names_the_commission_and_is_highlighted() -> None:
    for language in Language:
        spans = [span for part in published(language).clause(16).paragraphs for span in part]
        assert [span.highlight for span in spans if span.field == "provider.arbitration_commission"] == [True]


NOTICE_SAYS = [
    ("谁来处理", "Who:"),
    ("处理哪些信息", "What:"),
    ("为什么处理", "What for:"),
    ("怎样处理", "How:"),
    ("提供给谁", "Who else gets them:"),
    ("保存多久", "How long:"),
    ("对您的影响", "What it means for you:"),
    ("撤回同意", "withdraw your consent"),
    ("不同意会怎样", "If you do not consent:"),
]


def test_notice_tells_what_a_separate_consent_needs() -> None:
    """Personal Information Protection Law, articles 15 to 17, 29, 30."""
    notices = {
        language: (FOLDER / f"identity-notice.{language.value}.txt").read_text(encoding="utf-8")
        for language in Language
    }
    assert places(notices[Language.CHINESE]) == places(notices[Language.ENGLISH])
    assert {"provider.name", "provider.support_number", "figure.retention_years"} <= places(notices[Language.ENGLISH])
    for chinese, english in NOTICE_SAYS:
        assert chinese in notices[Language.CHINESE]
        assert english in notices[Language.ENGLISH]


def test_a_published_wording_never_changes() -> None:
    edition = tomllib.loads((FOLDER / "edition.toml").read_text(encoding="utf-8"))
    now = {path.name: text_sha256(path.read_text(encoding="utf-8")) for path in _texts()}
    assert now == edition["sha256"], "another wording needs another version in edition.toml, with its hashes"


def _texts() -> list[Path]:
    return [path for path in sorted(FOLDER.iterdir()) if path.suffix in {".md", ".txt"}]
