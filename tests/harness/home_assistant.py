"""Home Assistant as a process, on a copy of the demo home."""

from collections.abc import Mapping
import json
import os
from pathlib import Path
import shutil
import sys
from typing import Any, Final, Self

import aiohttp

from .process import ChildProcess, free_port
from .waiting import until

_REPOSITORY: Final = Path(__file__).resolve().parents[2]
_HOME: Final = Path(__file__).resolve().parent / "home"
_PROGRAMS: Final = Path(__file__).resolve().parent / "bin"
"""Programs that Home Assistant runs: an `ffmpeg` that keeps the words in the sound readable for a test."""
FFMPEG: Final = _PROGRAMS / "ffmpeg"
_CLOCK: Final = Path(__file__).resolve().parent / "clock"
"""What Python imports first, to make it another day."""
_INTEGRATION: Final = "custom_components/openai_conversation"
HASS: Final = Path(sys.executable).with_name("hass")
"""The Home Assistant of this environment."""
OLDER_HASS: Final = _REPOSITORY / ".venv/unit/bin/hass"
"""The oldest Home Assistant that the integration supports."""
# The first start compiles all modules, which takes a while on a slow machine.
_START_DEADLINE: Final = 120.0


class HomeAssistant:
    """A Home Assistant in a folder of its own, with the integration of this checkout."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        show_log: bool = False,
        log_level: str = "info",
        home: Path = _HOME,
        hass: Path = HASS,
        environment: Mapping[str, str] | None = None,
        today: str | None = None,
    ) -> None:
        """Choose the folder, the port (0: any), and whether the log goes to the terminal or to `hass.log`.

        `home`: what is copied into the folder. `hass`: the program. `environment`: more variables for it.
        `today`: the day on its clock, as 2027-02-01.
        """
        self.folder = folder
        self.port = free_port(port)
        self._home = home
        self.process = ChildProcess(
            [str(hass), "--skip-pip", "--config", str(folder)],
            environment={
                "DEMO_LOG_LEVEL": log_level,
                "PATH": f"{_PROGRAMS}{os.pathsep}{os.environ['PATH']}",
                **({"DAY_OF_THE_TEST": today, "PYTHONPATH": str(_CLOCK)} if today else {}),
                **(environment or {}),
            },
            output=None if show_log else folder / "hass.log",
        )

    @property
    def url(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        """Prepare the folder and start."""
        self.prepare()
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def start(self) -> None:
        """Start, and wait until the web server answers."""
        await self.process.start()
        async with aiohttp.ClientSession() as session:

            async def answers() -> bool | None:
                self.process.raise_if_ended()
                try:
                    async with session.get(f"{self.url}/manifest.json") as response:
                        return response.ok or None
                except aiohttp.ClientError:
                    return None

            try:
                await until(answers, within=_START_DEADLINE, what="Home Assistant's web server")
            except BaseException:
                await self.stop()
                raise

    async def stop(self) -> None:
        """Stop in an orderly way, so that Home Assistant writes its stores."""
        await self.process.stop()

    def prepare(self, *, with_integration: bool = True) -> None:
        """Copy the home into the folder, and keep what an earlier run stored there.

        Without the integration of this checkout, Home Assistant uses its own.
        """
        shutil.copytree(self._home, self.folder, dirs_exist_ok=True)
        link = self.folder / _INTEGRATION
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        if with_integration:
            link.symlink_to(_REPOSITORY / _INTEGRATION, target_is_directory=True)
        self._store("http", 2, _http_settings(self.port))
        # Everything but the user: the other steps of onboarding use services on the internet.
        if not (self.folder / ".storage/onboarding").exists():
            self._store("onboarding", 4, {"done": ["core_config", "analytics", "integration"]})

    def _store(self, key: str, version: int, data: dict[str, Any]) -> None:
        """Write a store of Home Assistant."""
        file = self.folder / ".storage" / key
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({"version": version, "minor_version": 1, "key": key, "data": data}))


def _http_settings(port: int) -> dict[str, Any]:
    """Return the settings of the web server: this machine only, because the password is public.

    Settings in YAML would be on trial, and reverted after five minutes. The older release stores this form,
    and the newer one migrates it.
    """
    stable = {
        "server_host": ["127.0.0.1"],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "intermediate",
        "use_x_frame_options": True,
    }
    return {"stable": stable, "pending": None, "yaml_migration_done": True}
