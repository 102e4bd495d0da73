import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.support.offers import offer
from tests.support.sign_up import person
from vidphone.service.sign_up.rules import check_request, notice_sha256, request_sha256, unprintable
from vidphone.terms.faults import Fault, FaultCode
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import SignUpRequest

TODAY = date(2026, 8, 1)
OFFER = offer(notice="告知")


def request(**changed: Any) -> SignUpRequest:
    whole = {
        "id": "0" * 32,
        "language": Language.ENGLISH,
        "agreement_version": OFFER.agreement.version,
        "agreement_sha256": OFFER.agreement.sha256,
        "accepted": True,
        "data": person(1),
        "identity_consent": True,
        "identity_notice_sha256": hashlib.sha256(OFFER.agreement.identity_notice.en.encode()).hexdigest(),
        "catalogue_version": OFFER.catalogue.version,
        "plan": "basic",
        "credit_limit_fen": 5000,
        "number": "2000",
        "password": "correct horse",
        "certificate_request_pem": "",
    }
    return SignUpRequest.model_validate(whole | changed)


def refusal_of(asked: SignUpRequest) -> VidphoneError:
    with pytest.raises(VidphoneError) as refused:
        check_request(asked, OFFER.agreement, OFFER.catalogue, TODAY)
    return refused.value


def test_data_are_kept_in_one_form_however_typed() -> None:
    typed = replace(person(1), identity_number=person(1).identity_number.lower(), telephone="138 1000 0001")
    assert check_request(request(data=typed), OFFER.agreement, OFFER.catalogue, TODAY) == person(1)


def test_consent_counts_for_the_notice_in_the_language_that_was_shown() -> None:
    shown = notice_sha256(OFFER.agreement, Language.CHINESE)
    assert refusal_of(request(identity_notice_sha256=shown)).code is ErrorCode.AGREEMENT_CHANGED
    check_request(
        request(identity_notice_sha256=shown, language=Language.CHINESE), OFFER.agreement, OFFER.catalogue, TODAY
    )


@pytest.mark.parametrize("password", ["20002000", "13810000001", "11111111"])
def test_password_that_others_guess_is_refused_with_all_other_faults(password: str) -> None:
    refused = refusal_of(request(password=password, plan="none", number="20002000"))
    assert refused.code is ErrorCode.BAD_DATA
    assert {fault.field for fault in refused.faults} == {"plan", "password"}


def test_request_sent_again_is_known_by_all_but_its_password() -> None:
    first = request_sha256(request())
    assert request_sha256(request(password="another fine one")) == first
    assert request_sha256(request(plan="family")) != first


def test_character_without_a_font_is_told_beside_the_field_that_has_it() -> None:
    data = replace(person(1), address="北京市\U00032000路 1 号")
    assert unprintable(data, "\U00032000").faults == (Fault("address", FaultCode.BAD_CHARACTERS),)
