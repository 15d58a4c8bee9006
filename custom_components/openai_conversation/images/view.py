"""Serve the pictures, to whoever knows the name of one.

Without login: template images, notifications and media players fetch a picture without one, and go
on doing so for as long as it is kept.
"""

from typing import Final

from aiohttp import web

from homeassistant.helpers.http import HomeAssistantView

from ..const import DOMAIN
from .store import ImageStore, StoredImage

URL: Final = f"/api/{DOMAIN}/pictures/{{name}}"

HEADERS: Final = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}


def image_path(picture: StoredImage) -> str:
    """Return the path of a picture's address."""
    return URL.format(name=picture.name)


class ImageView(HomeAssistantView):
    """The address of every picture. What is not there is 404: a wrong name is no failed login."""

    url = URL
    name = f"api:{DOMAIN}:pictures"
    requires_auth = False

    def __init__(self, library: ImageStore) -> None:
        """Serve a library."""
        self._library = library

    async def get(self, request: web.Request, name: str) -> web.StreamResponse:
        """Return the picture."""
        found = await self._library.async_find(name)
        if found is None:
            raise web.HTTPNotFound
        picture, path = found
        return web.FileResponse(path, headers={**HEADERS, "Content-Type": picture.content_type})

    async def head(self, request: web.Request, name: str) -> web.StreamResponse:
        """Return what GET would, without the bytes."""
        return await self.get(request, name)
