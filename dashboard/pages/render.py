"""Every full page the same way: its own content under the same top with the switches."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from dashboard.pages.doors import DeskRequest
from dashboard.pages.fragments import EVERYWHERE, render_fragments


def render_page(
    request: DeskRequest, template: str, context: dict[str, Any], *, parts: tuple[str, ...] = ()
) -> HttpResponse:
    """A whole page; `parts` are the fragments it shows, besides those that stand on every page."""
    fragments = render_fragments(request, (*EVERYWHERE, *parts))
    return render(request, template, {"desk": request.desk, "parts": fragments, **context})
