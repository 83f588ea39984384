"""HTTP and websockets of one server process. Runs the same under daphne and uvicorn."""

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

http_application = get_asgi_application()

from dashboard.live.routing import websocket_urlpatterns  # noqa: E402  models may be imported only after the set-up

application = ProtocolTypeRouter(
    {
        "http": http_application,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
