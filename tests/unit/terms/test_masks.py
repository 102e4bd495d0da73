from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.masks import (
    mask_address,
    mask_date,
    mask_identity_number,
    mask_name,
    mask_postcode,
    mask_telephone,
)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("欧阳修", "欧**"),
        ("阿不都热依木·热合曼", "阿***·热**"),
        ("John Smith", "J*** S***"),
        ("某某（北京）科技有限公司", "某***"),
        ("X", "X*"),
        ("", ""),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("11010519491231002X", "110***********002X"),
        ("KAZ110090123105", "KAZ********3105"),
        ("12345678", "********"),
        ("", ""),
    ],
)
def test_identity_numbers(number: str, masked: str) -> None:
    assert mask_identity_number(number) == masked


@pytest.mark.parametrize(
    ("telephone", "masked"),
    [
        ("+8613800138000", "+86138****8000"),
        ("+861066668888;ext=123", "+8610****8888;ext=***"),
        ("+85291234567", "+852****4567"),
        ("95588", "***88"),
        ("", ""),
    ],
)
def test_telephones(telephone: str, masked: str) -> None:
    assert mask_telephone(telephone) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("广东省深圳市南山区科技园南路 8 号", "广东省深圳市***"),
        ("北京市朝阳区建国路 88 号", "北京市朝阳区***"),
        ("内蒙古自治区呼和浩特市新城区某某街 1 号", "内蒙古自治区呼和浩特市***"),
        ("某某村某某组 3 号院", "某某***"),
        ("Room 5, 88 Jianguo Road, Beijing", "***, Beijing"),
        ("88 Jianguo Road", "***"),
        ("", "***"),
    ],
)
def test_addresses(address: str, masked: str) -> None:
    assert mask_address(address) == masked


def test_postcodes_and_dates() -> None:
    assert mask_postcode("100020") == "10****"
    assert mask_date(date(1990, 1, 31)) == "1990-**-**"
    assert mask_date(None) == ""


@given(st.text(st.characters(categories=["Lo", "Nd"]), min_size=15, max_size=60))
def test_masks_hide_what_tells_one_from_another(secret: str) -> None:
    assert mask_name(secret) == secret[0] + "***"
    assert mask_identity_number(secret).count("*") >= len(secret) - 7
    assert mask_telephone(secret)[-8:-4] == "****"
    assert secret[: len(secret) * 2 // 3 + 1] not in mask_address(secret)
