"""The one web application: chat, API, permalinks, library page and static files, behind the same door."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from ui.access import AccessRule
from ui.service import Service

STATIC = Path(__file__).parent / "static"


def create_app(service: Service, rule: AccessRule) -> Any:
    """Return the ASGI application that serves a library to whom the rule lets in."""
    from ui.api import api_router, install_errors
    from ui.chat import mount_chat
    from ui.limits import protect
    from ui.pages import pages_router
    from ui.uploads import uploads_router

    app = FastAPI(title="Newscite", docs_url=None, redoc_url=None, openapi_url=None)
    install_errors(app)
    app.include_router(api_router(service))
    app.include_router(pages_router(service))
    app.include_router(uploads_router(service))
    app.mount("/static", StaticFiles(directory=STATIC))

    @app.get("/", include_in_schema=False)
    def chat() -> RedirectResponse:
        return RedirectResponse("app/")

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    mount_chat(app, service, "/app")
    return protect(app, rule)
