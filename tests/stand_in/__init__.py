"""A stand-in for OpenAI: the part of its API that the integration uses, on this machine, by simple rules.

For the demo, the end-to-end tests, and the unit tests. It knows nothing of the code of Home Assistant or of
the integration: it sees what OpenAI would see. Run it with `python -m tests.stand_in`, or
serve `create_app()` from a test.
"""

from .app import create_app
from .validation import InvalidRequest, validate_response_request

__all__ = ["InvalidRequest", "create_app", "validate_response_request"]
