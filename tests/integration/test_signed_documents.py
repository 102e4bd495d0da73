"""A second program, poppler, on the agreement: whether its signatures hold, and what it says."""

import hashlib
import random
import re
import shutil
from datetime import datetime
from pathlib import Path
from subprocess import run

import pytest

from tests.support.papers import an_order, signed
from vidphone.terms.orders import canonical, order_sha256

pytestmark = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")

VALID = "Signature is Valid."


def _validity(document: bytes, folder: Path) -> list[str]:
    file = folder / "document.pdf"
    file.write_bytes(document)
    shown = run(["pdfsig", "-nocert", file], capture_output=True, check=False, timeout=60).stdout.decode(
        "utf-8", "replace"
    )
    return re.findall(r"Signature Validation: (.*)", shown)


def _poppler(program: str, document: bytes, folder: Path, *options: str) -> str:
    file = folder / "document.pdf"
    file.write_bytes(document)
    return run([program, *options, file, "-"], capture_output=True, check=True, timeout=60).stdout.decode()


def test_both_signatures_are_valid_there_and_cover_the_document(tmp_path: Path) -> None:
    file = tmp_path / "agreement.pdf"
    file.write_bytes(signed().by_both)
    shown = run(["pdfsig", "-nocert", file], capture_output=True, check=True, text=True).stdout
    assert shown.count(VALID) == 2
    assert shown.count("Total document signed") == 1
    assert shown.count("ETSI.CAdES.detached") == 2
    assert "Signer Certificate Common Name: 张三" in shown
    assert datetime(2026, 8, 1, 1, 30).strftime("%b %d %Y %H:%M:%S")[:11] in shown  # noqa: DTZ001 - text is compared


@pytest.mark.slow
def test_one_changed_byte_breaks_a_signature_there(tmp_path: Path) -> None:
    document = signed().by_both
    ranges = [tuple(map(int, found)) for found in re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", document)]
    covered = [*range(ranges[-1][0]), *range(ranges[-1][1], len(document))]
    chance = random.Random(4)
    for at in (0, 9, *(chance.choice(covered) for _ in range(60)), covered[-1]):
        changed = document[:at] + bytes([document[at] ^ chance.randint(1, 255)]) + document[at + 1 :]
        assert _validity(changed, tmp_path) != [VALID, VALID], at


def test_the_chinese_text_is_found_and_in_order(tmp_path: Path) -> None:
    shown = _poppler("pdftotext", signed().by_both, tmp_path, "-layout")
    words = re.sub(r"\s+", "", shown)
    for sought in (
        "视频电话服务协议",
        "张三",
        "深圳示例视讯网络技术有限公司",
        "合同专用章",
        "标准套餐",
        "第5条",
        "第18条",
    ):
        assert sought in words
    assert words.index("第5条") < words.index("第18条") < words.index("通话价格")
    assert "SHA-256" in shown
    assert order_sha256(an_order()) in shown
    assert "2026-08-01 09:30:00 UTC+08:00" in re.sub(r" +", " ", shown)


def test_every_font_is_in_the_document(tmp_path: Path) -> None:
    file = tmp_path / "agreement.pdf"
    file.write_bytes(signed().by_both)
    shown = run(["pdffonts", file], capture_output=True, check=True, text=True).stdout
    rows = shown.splitlines()[2:]
    assert rows
    assert all(re.search(r" yes yes yes +\d+ +0$", row) for row in rows)


def test_the_attached_order_is_the_one_whose_hash_is_signed(tmp_path: Path) -> None:
    file = tmp_path / "agreement.pdf"
    file.write_bytes(signed().by_both)
    run(["pdfdetach", "-saveall", "-o", tmp_path, file], check=True, capture_output=True)
    (attached,) = tmp_path.glob("order-*.json")
    assert attached.read_bytes() == canonical(an_order())
    assert hashlib.sha256(attached.read_bytes()).hexdigest() == order_sha256(an_order())
