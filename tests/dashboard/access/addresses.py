"""Every address of the site, found by walking the router, so that a new one cannot escape the role matrix."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

EXAMPLES = {"pk": "0" * 26, "symbol": "BTCUSDT", "kind": "trades", "intent_id": "0" * 26}


def api_addresses() -> Iterator[tuple[str, URLPattern]]:
    """(address, pattern) of everything under /api/."""
    for resolver in get_resolver().url_patterns:
        if str(resolver.pattern) == "api/":
            yield from _walk("/api/", resolver)


def _walk(prefix: str, resolver: URLResolver) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        address = prefix + _example(entry)
        if isinstance(entry, URLResolver):
            yield from _walk(address, entry)
        else:
            yield address, entry


def _example(entry: URLPattern | URLResolver) -> str:
    text = str(entry.pattern)
    if isinstance(entry.pattern, RegexPattern):
        text = text.lstrip("^").rstrip("$").replace("/?", "/").replace("\\", "")
        text = re.sub(r"\(\?P<(\w+)>(?:\[[^\]]*\](?:\{[^}]*\})?|[^)])+\)", lambda hit: EXAMPLES[hit[1]], text)
        return text.replace(".*", "somewhere/else")
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda hit: EXAMPLES[hit[1]], text)
