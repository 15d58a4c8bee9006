"""Serve an image to everybody who knows its name.

No login is needed: template images, notifications, and media players fetch images without one, for as long
as they are kept.
"""

from typing import Final

from aiohttp import web

from homeassistant.helpers.http import HomeAssistantView

from ..const import DOMAIN
from .store import ImageStore, StoredImage

URL: Final = f"/api/{DOMAIN}/pictures/{{name}}"

HEADERS: Final = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}


def image_path(image: StoredImage) -> str:
    """Return the path of an image's address."""
    return URL.format(name=image.name)


class ImageView(HomeAssistantView):
    """The address of every image. An unknown name is 404, not a failed login."""

    url = URL
    name = f"api:{DOMAIN}:pictures"
    requires_auth = False

    def __init__(self, store: ImageStore) -> None:
        """Serve a store."""
        self._store = store

    async def get(self, request: web.Request, name: str) -> web.StreamResponse:
        """Return the image."""
        found = await self._store.async_find(name)
        if found is None:
            raise web.HTTPNotFound
        image, path = found
        return web.FileResponse(path, headers={**HEADERS, "Content-Type": image.content_type})

    async def head(self, request: web.Request, name: str) -> web.StreamResponse:
        """Return what GET would, without the bytes."""
        return await self.get(request, name)
