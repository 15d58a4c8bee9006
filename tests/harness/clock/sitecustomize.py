"""Makes it another day in a program that has this folder in `PYTHONPATH`: Python imports this first.

Only the wall clock changes: `time.time` and the current time of `datetime`, which Home Assistant, its
integrations, and what they use read. It goes on from there. What measures how long something takes does not
change.
"""

import datetime as dt
import os
import time
from typing import Any, Final

_SECONDS_A_DAY: Final = 86_400
_DAY: Final = dt.date.fromisoformat(os.environ["DAY_OF_THE_TEST"])
_LATER: Final = dt.timedelta(days=(_DAY - dt.datetime.now(dt.UTC).date()).days)

_Datetime: Final = dt.datetime
_time: Final = time.time
_time_ns: Final = time.time_ns


class _Kind(type):
    """Makes every point in time an instance of the class that is put in place of Python's."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, _Datetime)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _Datetime)


class _Later(_Datetime, metaclass=_Kind):
    """Python's class, but for the current time. What it makes are instances of Python's."""

    def __new__(cls, *args: Any, **fields: Any) -> Any:
        return _Datetime(*args, **fields)

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        return (_Datetime.now(dt.UTC) + _LATER).astimezone(tz) if tz else _Datetime.now() + _LATER

    @classmethod
    def utcnow(cls) -> Any:
        return cls.now(dt.UTC).replace(tzinfo=None)


def _later() -> float:
    return _time() + _LATER.days * _SECONDS_A_DAY


def _later_ns() -> int:
    return _time_ns() + _LATER.days * _SECONDS_A_DAY * 10**9


# some libraries look for a class by its name
_Later.__name__ = _Later.__qualname__ = "datetime"
_Later.__module__ = "datetime"
dt.datetime = _Later  # type: ignore[misc]
time.time = _later
time.time_ns = _later_ns
