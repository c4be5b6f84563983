"""The exceptions that rooms raise for each other."""


class RefusedError(Exception):
    """The request was refused; the message tells the person why, and `code` tells the program."""

    def __init__(self, sentence: object, code: str = "refused") -> None:
        super().__init__(str(sentence))
        self.code = code


class NotReadyError(Exception):
    """The server lacks something, such as a key; the message says what to do, and then it works."""


class UnreadableFileError(ValueError):
    """A file or a text that cannot be read. `gettext(error.message) % error.params` is the sentence in another language.

    A reader that does not know what the file is for gives the code alone.
    """

    def __init__(self, code: str, message: str = "", **params: str) -> None:
        super().__init__(message % params)
        self.code, self.message, self.params = code, message, params


def gettext_noop(message: str) -> str:
    """Marks a sentence for `makemessages` without importing Django; whoever shows it translates it."""
    return message
