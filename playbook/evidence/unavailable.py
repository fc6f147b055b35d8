"""Could not look: the one exception that crosses floors, as a sentence fit for the card."""


class Unavailable(Exception):
    """We could not look; `sentence` says what is wrong and what to do, with no secret and no trace.

    Absent is something else: whoever looked and found nothing returns `None`.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
