from pathlib import Path

import pytest

from vidphone.service.config import BadConfig, Config, read_config
from vidphone.terms.cases import Terms


def written(folder: Path, text: str) -> Path:
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert read_config(tmp_path) == Config()


def test_file_sets_what_it_names(tmp_path: Path) -> None:
    config = read_config(
        written(tmp_path, '[metrics]\nallow = ["10.0.0.0/8"]\n[[ice.turn]]\nurls = ["turn:a"]\nsecret = "12345678"\n')
    )
    assert [str(network) for network in config.metrics.allow] == ["10.0.0.0/8"]
    assert config.ice.turn[0].urls == ["turn:a"]
    assert "12345678" not in repr(config)


def test_days_of_cases_are_those_of_the_rules_until_they_are_set(tmp_path: Path) -> None:
    assert Config().cases.terms() == Terms(answer_days=15, contest_days=30)
    written(tmp_path, "[cases]\nanswer_days = 15\ncontest_days = 7")
    assert read_config(tmp_path).cases.terms() == Terms(answer_days=15, contest_days=7)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[rates]\nsign_in_per_numbr = '1/minute'", "rates.sign_in_per_numbr"),
        ("[rates]\nsign_in_per_number = 'often'", "rates.sign_in_per_number"),
        ("[[ice.turn]]\nurls = ['http://a']\nsecret = '12345678'", "ice.turn.0.urls.0"),
        ("[ice]\nrelay_only = true", "ice: + relay_only"),
        ("[ice]\nrelay_only = true\n[[ice.turn]]\nurls = ['turn:a']\nsecret = '12345678'", "ice: + control"),
        ("[[ice.turn]]\nurls = ['turn:a']\nsecret = '12345678'\ncontrol = 'here'", "ice.turn.0.control"),
        ("[cases]\nanswer_days = 16", "cases.answer_days"),
        ("[cases]\nanswer_days = 0", "cases.answer_days"),
        ("[cases]\ncontest_days = 6", "cases.contest_days"),
        ("[cases]\ncontest_days = 366", "cases.contest_days"),
        ("[ice\n", "line 1"),
    ],
)
def test_fault_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(BadConfig) as refused:
        read_config(written(tmp_path, text))
    assert all(word in str(refused.value) for word in named.split(" + "))
