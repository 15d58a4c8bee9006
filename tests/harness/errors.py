"""What can go wrong here."""


class DemoError(Exception):
    """Something that whoever runs this understands without a traceback."""
