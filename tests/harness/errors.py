"""The error of the harness."""


class HarnessError(Exception):
    """A problem that needs no traceback to be understood."""
