"""The one web application: chat, API, permalinks, library page, widget and static files, behind the same doors."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp

from ui.access import AccessRule
from ui.api import api_router
from ui.chat import mount_chat
from ui.embedding import embedding_router
from ui.limits import protect
from ui.pages import pages_router
from ui.problems import install_errors
from ui.service import Service
from ui.uploads import MAX_REQUEST, uploads_router

STATIC = Path(__file__).parent / "static"


def create_app(service: Service, rule: AccessRule) -> ASGIApp:
    """Return the application that serves a library to whom the rule lets in."""
    app = FastAPI(title="Newscite", docs_url=None, redoc_url=None, openapi_url=None)
    install_errors(app)
    for router in (api_router(service), pages_router(service), uploads_router(service), embedding_router(rule)):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC))

    @app.get("/", include_in_schema=False)
    def chat() -> RedirectResponse:
        return RedirectResponse("app/")

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    mount_chat(app, service, "/app", STATIC / "icon.svg")
    return protect(app, rule, larger={"/api/articles": MAX_REQUEST})
