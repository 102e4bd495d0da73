from tests.unit.call.messages import CALLEE_NONCE, CALLER_NONCE, call_id
from vidphone.call.verification import commitment, comparison_code, keeps

CALL = call_id(1)
ALICE, BOB, MALLORY = "AB:CD:01", "AB:CD:02", "EE:EE:EE"


def test_both_sides_make_the_same_six_digits() -> None:
    code = comparison_code(CALL, CALLER_NONCE, CALLEE_NONCE, ALICE, BOB)

    assert code == comparison_code(CALL, CALLER_NONCE, CALLEE_NONCE, ALICE.lower(), BOB.lower())
    assert len(code) == 6
    assert code.isdecimal()


def test_an_interceptor_who_swaps_keys_makes_the_digits_differ() -> None:
    at_alice = comparison_code(CALL, CALLER_NONCE, CALLEE_NONCE, ALICE, MALLORY)
    at_bob = comparison_code(CALL, CALLER_NONCE, CALLEE_NONCE, MALLORY, BOB)

    assert at_alice != at_bob


def test_the_commitment_binds_nonce_fingerprint_and_call() -> None:
    bound = commitment(CALL, CALLER_NONCE, ALICE)

    assert keeps(bound, CALL, CALLER_NONCE, ALICE)
    assert not keeps(bound, CALL, CALLEE_NONCE, ALICE)
    assert not keeps(bound, CALL, CALLER_NONCE, MALLORY)
    assert not keeps(bound, call_id(2), CALLER_NONCE, ALICE)


def test_codes_of_many_calls_spread_over_the_whole_range() -> None:
    codes = [int(comparison_code(call_id(n), CALLER_NONCE, CALLEE_NONCE, ALICE, BOB)) for n in range(2000)]

    assert len({code // 100_000 for code in codes}) == 10
    assert len(set(codes)) > 1980
