"""The root of errors that carry a message for a person. They know no HTTP; the API gives them a shape."""


class AutotraderError(Exception):
    """Something the caller did or asked cannot be done. `code` is stable and for programs; the text is for people."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class BadInput(AutotraderError):
    """Input that is not of the accepted form; the message says what is accepted."""

    code = "bad_input"


class NotFound(AutotraderError):
    """The thing that was named does not exist."""

    code = "not_found"


class Conflict(AutotraderError):
    """The act does not fit the present state (already done, already ended, taken by another)."""

    code = "conflict"
