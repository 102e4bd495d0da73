"""Money: integer fen; prices a minute in 1/10 000 yuan. A line is rounded once, half up, to the fen."""

E4_PER_FEN = 100
"""A fen is 100 units of 1/10 000 yuan."""
_SECONDS_PER_MINUTE = 60


def round_half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to the quotient; a half goes up, away from zero below it (-2.5 is -3).

    So a credit of an amount is as large as the charge of it. Python's own `round` goes to the even neighbour.

    Raises:
        ValueError: the denominator is not above zero.
    """
    if denominator <= 0:
        raise ValueError(denominator)
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded


def billed_seconds(seconds: int, minimum_s: int, increment_s: int) -> int:
    """What is charged for of `seconds` answered ones (begun seconds are whole): the minimum, then whole increments.

    A call of no seconds was not answered, and nothing of it is charged.

    Raises:
        ValueError: seconds or minimum below 0, or the increment below 1.
    """
    if seconds < 0 or minimum_s < 0 or increment_s < 1:
        raise ValueError((seconds, minimum_s, increment_s))
    if seconds == 0:
        return 0
    beyond = max(seconds - minimum_s, 0)
    return minimum_s + -(-beyond // increment_s) * increment_s


def charge_fen(seconds: int, price_e4_yuan: int, minimum_s: int = 0, increment_s: int = 1) -> int:
    """The charge of one line in fen: billed seconds x price a minute, rounded once (clauses 2, 5).

    Args:
        seconds: Answered time in whole, begun seconds.
        price_e4_yuan: Of a minute, in 1/10 000 yuan.
        minimum_s: A call is charged for at least so long.
        increment_s: Begun increments beyond the minimum are charged whole.

    Raises:
        ValueError: an argument below 0, or the increment below 1.
    """
    if price_e4_yuan < 0:
        raise ValueError(price_e4_yuan)
    return round_half_up(
        billed_seconds(seconds, minimum_s, increment_s) * price_e4_yuan, _SECONDS_PER_MINUTE * E4_PER_FEN
    )


def format_fen(fen: int) -> str:
    """An amount as it is shown in both languages: `¥12.30`, `¥1,234.50`, `-¥3.00`."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}¥{yuan:,}.{rest:02d}"


def format_price(e4_yuan: int) -> str:
    """A price in 1/10 000 yuan, not rounded: `¥0.15`, `¥0.1234`."""
    yuan, rest = divmod(abs(e4_yuan), 10_000)
    decimals = f"{rest:04d}".rstrip("0").ljust(2, "0")
    return f"{'-' if e4_yuan < 0 else ''}¥{yuan:,}.{decimals}"
