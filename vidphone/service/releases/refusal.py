"""What is handed in and not taken over."""


class Refusal(Exception):
    """It is not taken over; `reason` is the key of the text `releases.<reason>`, and `places` fill it."""

    def __init__(self, reason: str, **places: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.places = places
