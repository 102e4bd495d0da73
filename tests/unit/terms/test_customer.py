from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from tests.unit.terms.cases import ORGANISATION, PERSON, TODAY
from vidphone.terms.calendar import add_years
from vidphone.terms.customer import FIELDS, check_customer, check_field, normalise, warn_customer
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.identity import OLDEST
from vidphone.terms.parties import CustomerData, IdentityKind, PartyKind
from vidphone.texts import Language, catalogue

typed = st.text(max_size=80)
customers = st.builds(
    CustomerData,
    kind=st.sampled_from(PartyKind),
    name=typed,
    birth_date=st.none() | st.dates(),
    address=typed,
    postcode=typed,
    identity_kind=st.sampled_from(IdentityKind),
    identity_number=typed | st.from_regex(r"[0-9A-Z]{18}", fullmatch=True),
    employer=typed,
    telephone=typed | st.from_regex(r"\+?[0-9]{3,14}", fullmatch=True),
)
days = st.dates(date(2020, 1, 1), date(2100, 1, 1))


def fault(field: str, data: CustomerData) -> FaultCode | None:
    found = check_field(field, data, TODAY)
    return None if found is None else found.code


@pytest.mark.parametrize("data", [PERSON, ORGANISATION], ids=["person", "organisation"])
def test_complete_data_have_no_fault_and_no_warning(data: CustomerData) -> None:
    assert check_customer(data, TODAY) == ()
    assert warn_customer(data, TODAY) == ()


def test_every_empty_field_is_asked_for_and_in_the_order_of_the_page() -> None:
    nothing = replace(PERSON, name="", birth_date=None, address="\t", postcode="", identity_number="", telephone=" ")
    faults = check_customer(replace(nothing, employer="\u3000"), TODAY)
    assert [fault.field for fault in faults] == [field for field in FIELDS if "kind" not in field]
    assert {fault.code for fault in faults} == {FaultCode.MISSING, FaultCode.NO_EMPLOYER}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("张三", None),
        ("欧阳 修", None),
        ("阿不都热依木·热合曼", None),
        ("迪丽热巴•迪力木拉提", None),
        ("〇昌", None),
        ("𬎆𬭊", None),
        ("Jean-Luc O’Brien", None),
        ("Nguyễn Thị Ánh", None),
        ("Nguye\u0302\u0303n", None),
        ("བསོད་ནམས", None),
        ("Smith, John Jr.", None),
        ("张", FaultCode.NAME_TOO_SHORT),
        ("张·", FaultCode.NAME_TOO_SHORT),
        ("123456", FaultCode.NOT_A_NAME),
        ("张三2", FaultCode.NOT_A_NAME),
        ("···", FaultCode.NOT_A_NAME),
        ("张三😀", FaultCode.BAD_CHARACTERS),
        ("张\x00三", FaultCode.BAD_CHARACTERS),
        ("张\u202e三", FaultCode.BAD_CHARACTERS),
        ("张\u200b三", FaultCode.BAD_CHARACTERS),
        ("张\ue000", FaultCode.BAD_CHARACTERS),
        ("张三<b>", FaultCode.BAD_CHARACTERS),
        ("张三/李四", FaultCode.BAD_CHARACTERS),
        ("ba\u0301\u0301\u0301\u0301d", FaultCode.BAD_CHARACTERS),
        ("张" * 65, FaultCode.TOO_LONG),
    ],
)
def test_names_of_persons(name: str, expected: FaultCode | None) -> None:
    assert fault("name", replace(PERSON, name=name)) == expected
    assert fault("employer", replace(ORGANISATION, employer=name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("某某（上海）有限公司", None),
        ("3M & Co. (No. 1) + Partner", None),
        ("第一二三中学", None),
        ("公", FaultCode.NAME_TOO_SHORT),
        ("91350100", FaultCode.NOT_A_NAME),
        ("某某公司📞", FaultCode.BAD_CHARACTERS),
        ("某某\u2028公司", FaultCode.BAD_CHARACTERS),
        ("司" * 129, FaultCode.TOO_LONG),
    ],
)
def test_names_of_organisations(name: str, expected: FaultCode | None) -> None:
    assert fault("name", replace(ORGANISATION, name=name)) == expected


@pytest.mark.parametrize(
    ("employer", "expected"),
    [
        ("无", None),
        ("某某中学", None),
        ("", FaultCode.NO_EMPLOYER),
        ("-", FaultCode.NOT_A_NAME),
        ("12345", FaultCode.NOT_A_NAME),
        ("某某\x07", FaultCode.BAD_CHARACTERS),
        ("某" * 129, FaultCode.TOO_LONG),
    ],
)
def test_a_person_names_an_employer_or_says_that_there_is_none(employer: str, expected: FaultCode | None) -> None:
    assert fault("employer", replace(PERSON, employer=employer)) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("广东省深圳市南山区科技园南路 8 号 3 栋 #1201", None),
        ("Room 5, 88 Jianguo Road,\nBeijing", None),
        ("北京市", FaultCode.ADDRESS_INCOMPLETE),
        ("100020 88", FaultCode.ADDRESS_INCOMPLETE),
        ("北京市朝阳区🏠88号", FaultCode.BAD_CHARACTERS),
        ("北京市朝阳区\x1b[31m88号", FaultCode.BAD_CHARACTERS),
        ("路" * 201, FaultCode.TOO_LONG),
    ],
)
def test_addresses(address: str, expected: FaultCode | None) -> None:
    assert fault("address", replace(PERSON, address=address)) == expected


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (None, FaultCode.MISSING),
        (date(1800, 1, 1), FaultCode.BIRTH_TOO_LONG_AGO),
        (date(1895, 8, 1), FaultCode.BIRTH_TOO_LONG_AGO),
        (date(1895, 8, 2), None),
        (date(2008, 8, 1), None),
        (date(2008, 8, 2), FaultCode.UNDER_AGE),
        (TODAY, FaultCode.UNDER_AGE),
        (date(2026, 8, 2), FaultCode.BIRTH_IN_FUTURE),
        (date.max, FaultCode.BIRTH_IN_FUTURE),
        (date.min, FaultCode.BIRTH_TOO_LONG_AGO),
    ],
)
def test_births(birth: date | None, expected: FaultCode | None) -> None:
    assert fault("birth_date", replace(PERSON, birth_date=birth)) == expected
    assert fault("birth_date", replace(ORGANISATION, birth_date=birth)) is None


def test_the_age_to_sign_at_is_the_providers_to_set() -> None:
    young = replace(PERSON, birth_date=date(2010, 8, 1))
    assert check_field("birth_date", young, TODAY) == Fault("birth_date", FaultCode.UNDER_AGE)
    assert check_field("birth_date", young, TODAY, minimum_age=16) is None


def test_a_person_and_an_organisation_have_documents_of_their_own() -> None:
    for kind in IdentityKind:
        of_organisation = kind is IdentityKind.SOCIAL_CREDIT_CODE
        wrong = FaultCode.WRONG_DOCUMENT
        assert fault("identity_kind", replace(PERSON, identity_kind=kind)) == (wrong if of_organisation else None)
        assert fault("identity_kind", replace(ORGANISATION, identity_kind=kind)) == (None if of_organisation else wrong)


def test_a_faulty_number_is_not_warned_of_besides() -> None:
    assert warn_customer(replace(PERSON, identity_number="119999199001010013"), TODAY) == ()


def test_data_are_kept_in_one_form_however_they_were_typed() -> None:
    as_typed = replace(
        PERSON,
        name=" 阿不都 • 热合曼 ",
        address="北京市　朝阳区\r\n建国路８８号",
        postcode="１００ ０２０",
        identity_number="110105-19491231-002ｘ",
        employer=" 某某\t中学 ",
        telephone="０１０－６６６６８８８８ 转 12",
    )
    kept = normalise(as_typed)
    assert kept.name == "阿不都·热合曼"
    assert kept.address == "北京市 朝阳区 建国路88号"
    assert kept.postcode == "100020"
    assert kept.identity_number == "11010519491231002X"
    assert kept.employer == "某某 中学"
    assert kept.telephone == "+861066668888;ext=12"


def test_an_organisation_keeps_no_birth_date_and_its_brackets() -> None:
    kept = normalise(replace(ORGANISATION, birth_date=date(1990, 1, 1)))
    assert kept.birth_date is None
    assert kept.name == "某某（北京）科技有限公司"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 (0)138 0013 8000", "+8613800138000"),
        ("0086-13800138000", "+8613800138000"),
        ("tel:+86-10-6666-8888;ext=7", "+861066668888;ext=7"),
        ("+852 9123 4567", "+85291234567"),
        ("95588", "95588"),
        ("14900000000", "+8614900000000"),
        (" what? ", "what?"),
    ],
)
def test_telephones_are_kept_as_they_are_dialled(written: str, kept: str) -> None:
    data = replace(ORGANISATION, telephone=written)
    assert normalise(data).telephone == kept


@given(customers, days)
@example(replace(PERSON, name="Ａ\u0300b", identity_number="K\u00b8"), TODAY)
def test_whatever_is_typed_is_judged_and_stays_the_same_once_kept(data: CustomerData, today: date) -> None:
    faults = check_customer(data, today)
    assert len({fault.field for fault in faults}) == len(faults)
    kept = normalise(data)
    assert normalise(kept) == kept
    assert {fault.field for fault in check_customer(kept, today)} == {fault.field for fault in faults}
    warn_customer(data, today)


@given(
    st.sampled_from(["110105", "440524", "650102"]),
    st.dates(date(1900, 1, 1), TODAY - timedelta(days=19 * 366)),
    st.integers(0, 999),
    st.data(),
)
def test_a_sound_number_is_taken_and_one_wrong_digit_never(
    region: str, birth: date, sequence: int, data: st.DataObject
) -> None:
    body = f"{region}{birth:%Y%m%d}{sequence:03d}"
    number = body + mod_11_2.calc_check_digit(body)
    customer = replace(PERSON, birth_date=birth, identity_number=number)
    assert check_customer(customer, TODAY) == ()
    at = data.draw(st.integers(0, 16))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != number[at]))
    wrong = number[:at] + digit + number[at + 1 :]
    assert fault("identity_number", replace(customer, identity_number=wrong)) == FaultCode.IDENTITY_CHECKSUM


def test_the_oldest_age_is_the_one_that_is_told() -> None:
    for language in Language:
        assert str(OLDEST) in catalogue(language)[f"fault.{FaultCode.BIRTH_TOO_LONG_AGO}"]
    assert fault("birth_date", replace(PERSON, birth_date=add_years(TODAY, -OLDEST))) is None


@pytest.mark.parametrize("code", FaultCode)
@pytest.mark.parametrize("language", Language)
def test_every_fault_has_a_sentence_without_places(code: FaultCode, language: Language) -> None:
    assert "{" not in catalogue(language)[f"fault.{code}"]


def test_an_unknown_field_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="colour"):
        check_field("colour", PERSON, TODAY)
