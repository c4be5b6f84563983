"""The exceptions that rooms raise for each other."""


class RefusedError(Exception):
    """It was not done; the message says why, in words for the person who asked. `code` is for the program."""

    def __init__(self, sentence: object, code: str = "refused") -> None:
        super().__init__(str(sentence))
        self.code = code


class NotReadyError(Exception):
    """The server lacks something that this needs, such as a key; the message says the mend. It can be done once that is there."""
