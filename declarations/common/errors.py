"""The exceptions that rooms raise for each other; the first two carry a sentence that people read."""


class RefusedError(Exception):
    """It was not done; the message says why, in words for the person who asked. `code` is for the program."""

    def __init__(self, sentence: object, code: str = "refused") -> None:
        super().__init__(str(sentence))
        self.code = code


class NotReadyError(Exception):
    """The server lacks something that this needs, such as a key; the message says the mend. It can be done once that is there."""


class UnreadableFileError(ValueError):
    """A file or a text that cannot be taken; `str(error)` is the English sentence, `gettext(error.message) % error.params` another.

    Where whoever reads the file does not know what it is for, there is a code alone.
    """

    def __init__(self, code: str, message: str = "", **params: str) -> None:
        super().__init__(message % params)
        self.code, self.message, self.params = code, message, params


def gettext_noop(message: str) -> str:
    """Mark a sentence for `makemessages`; who shows it translates it (rules know no Django)."""
    return message
