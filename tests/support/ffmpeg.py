"""The program that Home Assistant converts audio with, as a machine has it or not."""

from pathlib import Path
from typing import Final

_PROGRAM: Final = """\
#!/bin/sh
# Plays ffmpeg: tells its version, or marks audio and passes it on.
case "$*" in *-version*) echo "ffmpeg version 7.1 of the tests";; *) printf converted; exec cat;; esac
"""

CONVERTED: Final = b"converted"
"""How it marks what it was given."""


class Ffmpeg:
    """The file of the program."""

    def __init__(self, file: Path) -> None:
        """Install it."""
        self.file = file
        self.install()

    def install(self) -> None:
        """Install it, on a machine that runs already."""
        self.file.write_text(_PROGRAM)
        self.file.chmod(0o755)

    def remove(self) -> None:
        """Remove it."""
        self.file.unlink()
