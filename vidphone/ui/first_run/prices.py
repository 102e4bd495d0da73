"""What an order costs, and the provider's words in a language. Pure."""

from dataclasses import dataclass

from vidphone.terms.orders import Plan, Terminal, Words
from vidphone.texts import Language


def words_in(words: Words, language: Language) -> str:
    """The words of the provider in a language."""
    return words.zh if language is Language.CHINESE else words.en


@dataclass(frozen=True, slots=True)
class FullPrice:
    """What a choice costs, apart from calls."""

    monthly_fen: int
    once_fen: int

    @property
    def first_month_fen(self) -> int:
        """The rent of a whole first month with what is paid once."""
        return self.monthly_fen + self.once_fen


def full_price(plan: Plan, terminal: Terminal | None) -> FullPrice:
    """The price of a plan with or without a device."""
    return FullPrice(plan.monthly_rent_fen, terminal.price_fen if terminal else 0)
