"""What can go wrong here."""


class HarnessError(Exception):
    """Something that whoever runs this understands without a traceback."""
