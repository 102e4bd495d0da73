import pytest

from vidphone.texts import Language, catalogue
from vidphone.wire.errors import ErrorCode, explain


def test_a_detail_may_be_the_key_of_a_text() -> None:
    told = explain(ErrorCode.NOT_POSSIBLE_NOW, Language.CHINESE, {"detail": "call.state.incoming"})
    assert catalogue(Language.CHINESE)["call.state.incoming"] in told.message


@pytest.mark.parametrize("typed", ["error.bad-number", "reason.busy", "{number}"])
def test_what_a_person_typed_is_shown_as_it_is(typed: str) -> None:
    assert typed in explain(ErrorCode.BAD_NUMBER, Language.ENGLISH, {"number": typed}).message


def test_a_detail_that_another_program_sent_never_fails() -> None:
    assert explain(ErrorCode.BAD_REQUEST, Language.ENGLISH, {"detail": "error.bad-number"}).message
