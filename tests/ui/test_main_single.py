import socket
from pathlib import Path

from pytestqt.qtbot import QtBot

from vidphone.ui.single import SingleInstance, socket_name


def test_a_second_start_hands_its_link_to_the_first(qtbot: QtBot, tmp_path: Path) -> None:
    name = socket_name(tmp_path)
    first, second = SingleInstance(name), SingleInstance(name)
    assert first.claim()
    with qtbot.waitSignal(first.raised) as raised:
        assert not second.claim("tel:1001")
    assert raised.args == ["tel:1001"]
    first.release()
    assert second.claim()
    second.release()


def test_a_socket_left_by_a_crash_is_taken_over(qtbot: QtBot, tmp_path: Path) -> None:
    path = str(tmp_path / "vidphone-socket")
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(path)
    dead.close()  # the file stays, nobody listens
    instance = SingleInstance(path)
    assert instance.claim()
    instance.release()


def test_two_profiles_are_two_programs(tmp_path: Path) -> None:
    assert socket_name(tmp_path / "a") != socket_name(tmp_path / "b")
