"""Forms: the fields and files of a `multipart/form-data` body.

Facts: RFC 7578. OpenAI's lists are fields of one name that ends with `[]`.
"""

from dataclasses import dataclass
from email.parser import HeaderParser
from typing import Any

from .errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class File:
    """A file in a form."""

    name: str
    content_type: str
    data: bytes


type Fields = dict[str, Any]
"""Fields by name: a text, a File, or a list of either."""


def fields_of(content: bytes, content_type: str) -> Fields:
    """Return the fields of a body; InvalidRequest if it is not a form."""
    boundary = HeaderParser().parsestr(f"Content-Type: {content_type}\n\n").get_boundary()
    if boundary is None or not content.rstrip().endswith(f"--{boundary}--".encode()):
        raise InvalidRequest("We could not parse your multipart form.", None, None)
    fields: Fields = {}
    for part in content.split(f"--{boundary}".encode())[1:-1]:
        head, _, body = part.strip(b" ").partition(b"\r\n\r\n")
        name, value = _field(head.decode().strip(), body.removesuffix(b"\r\n"))
        if name.endswith("[]"):
            fields.setdefault(name.removesuffix("[]"), []).append(value)
        else:
            fields[name] = value
    return fields


def _field(head: str, data: bytes) -> tuple[str, str | File]:
    headers = HeaderParser().parsestr(head)
    name = str(headers.get_param("name", header="content-disposition"))
    filename = headers.get_filename()
    if filename is None:
        return name, data.decode()
    return name, File(filename, headers.get_content_type(), data)


def described(fields: Fields) -> Fields:
    """Return the fields for a log: the name, type, and size of a file, never its bytes."""
    return {name: _description(value) for name, value in fields.items()}


def _description(value: Any) -> Any:
    match value:
        case File(name=name, content_type=content_type, data=data):
            return {"filename": name, "content_type": content_type, "bytes": len(data)}
        case list():
            return [_description(each) for each in value]
    return value
