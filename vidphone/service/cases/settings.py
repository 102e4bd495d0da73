"""`[cases]` of the operator's configuration."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from vidphone.terms.cases import DEFAULT, Terms


class CasesSettings(BaseModel):
    """How long each side of a case has. What it is changed to holds from the next step of each case on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    answer_days: Annotated[int, Field(ge=1, le=15)] = DEFAULT.answer_days
    """For the provider. Operators are to answer complaints within 15 days (Measures on Appeals of Telecom Users)."""
    contest_days: Annotated[int, Field(ge=7, le=365)] = DEFAULT.contest_days
    """For the customer, to contest an answer or to reply to a question. In less than a week, who is away for it would
    have accepted."""

    def terms(self) -> Terms:
        """The same as a value of the rules."""
        return Terms(self.answer_days, self.contest_days)
