"""The one exception that people read."""


class RefusedError(Exception):
    """It was not done; the message says why, in words for the person who asked. `code` is for the program."""

    def __init__(self, sentence: object, code: str = "refused") -> None:
        super().__init__(str(sentence))
        self.code = code
