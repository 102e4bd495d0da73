import pytest

from vidphone.call.address import is_gone


@pytest.mark.parametrize(("address", "gone"), [("127.0.0.1", False), ("192.0.2.1", True)])  # RFC 5737: nobody's
def test_an_address_this_machine_does_not_have_is_gone(address: str, gone: bool) -> None:
    assert is_gone(address) is gone
