"""Which address leads to which floor."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from health.views import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/", include("dashboard.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("dashboard.pages.urls")),
]
