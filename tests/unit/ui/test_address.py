import pytest

from vidphone.ui.main.address import address_of, fault_of


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("phone.example.cn", "https://phone.example.cn"),
        (" https://phone.example.cn/ ", "https://phone.example.cn"),
        ("phone.example.cn:8443", "https://phone.example.cn:8443"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("ftp://phone.example.cn", None),
        ("https://user:password@phone.example.cn", None),
        ("phone example", None),
        ("https://phone.example.cn:99999", None),
        ("", None),
    ],
)
def test_an_address_is_completed_or_refused(typed: str, address: str | None) -> None:
    assert address_of(typed) == address


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "ui.sign-in.service.missing"),
        ("no address", "ui.sign-in.service.wrong"),
        ("http://phone.example.cn", "ui.sign-in.service.not-secure"),
        ("http://192.168.1.5:8080", "ui.sign-in.service.not-secure"),
        ("http://127.0.0.1:8080", ""),
        ("phone.example.cn", ""),
    ],
)
def test_a_password_goes_unencrypted_to_this_machine_only(typed: str, fault: str) -> None:
    assert fault_of(typed) == fault
