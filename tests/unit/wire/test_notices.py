import pytest
from pydantic import ValidationError

from vidphone.wire.cases import MAX_WORDS, NewMessage
from vidphone.wire.notices import Objection


def test_an_objection_takes_as_many_words_as_what_else_is_written_in_its_case() -> None:
    words = "不" * MAX_WORDS
    assert Objection(words=words).words == NewMessage(id="0" * 32, words=words).words
    with pytest.raises(ValidationError):
        Objection(words=words + "！")
