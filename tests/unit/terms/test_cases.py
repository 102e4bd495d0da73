"""The table of `cases.py`, and where the libraries say otherwise."""

import phonenumbers
import pytest
from stdnum.cn import ric, uscc

from tests.unit.terms.cases import CASES, TODAY, Case
from vidphone.terms.customer import check_field, warn_customer
from vidphone.terms.faults import Fault


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_typed_has_its_verdict(case: Case) -> None:
    fault = check_field(case.field, case.data, TODAY)
    assert (fault and fault.code) == case.fault, case.source


@pytest.mark.parametrize("case", [case for case in CASES if case.field == "identity_number"], ids=str)
def test_what_is_unusual_is_warned_of_and_taken(case: Case) -> None:
    expected = () if case.warning is None else (Fault("identity_number", case.warning),)
    assert warn_customer(case.data, TODAY) == expected, case.source


def test_the_table_is_as_long_as_was_promised_and_says_each_thing_once() -> None:
    assert len(CASES) >= 60
    assert len({(case.field, case.data) for case in CASES}) == len(CASES)
    assert all(case.source for case in CASES)


@pytest.mark.parametrize("born_wrongly", ["110105180001010010", "110105209901010012", "110105202608020017"])
def test_python_stdnum_takes_impossible_births(born_wrongly: str) -> None:
    assert ric.is_valid(born_wrongly)


@pytest.mark.parametrize("sound", ["830000199201300022", "810000199408230021", "911398199012310021"])
def test_python_stdnum_refuses_permits_and_foreigners_cards(sound: str) -> None:
    assert not ric.is_valid(sound)


def test_python_stdnum_refuses_regions_that_ended_and_fails_on_unknown_ones() -> None:
    assert not ric.is_valid("110103201503010026")
    with pytest.raises(KeyError):
        ric.is_valid("119999199001010012")


@pytest.mark.parametrize("sound", ["A1110000MB0000001M", "N2350100MF0000002L", "Y1110000MA00000035"])
def test_python_stdnum_refuses_authorities_with_letters(sound: str) -> None:
    assert not uscc.is_valid(sound)


@pytest.mark.parametrize("in_use", ["14900000000", "95588"])
def test_phonenumbers_refuses_numbers_in_use(in_use: str) -> None:
    assert not phonenumbers.is_valid_number(phonenumbers.parse(in_use, "CN"))
