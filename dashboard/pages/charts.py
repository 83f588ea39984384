"""The figures of the charts as JSON, for the page's own script."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from dashboard.pages.doors import DeskRequest, door
from dashboard.pages.fragments import base_interval
from dashboard.selectors.equity_chart import EQUITY_RANGES, equity_chart
from dashboard.selectors.price_chart import PRICE_RANGES, price_chart
from trading.models import InstrumentRow


@require_GET
@door()
def price(request: DeskRequest, symbol: str) -> HttpResponse:
    """`GET /charts/price/BTCUSDT/?range=1d`."""
    chart_range = PRICE_RANGES.get(request.GET.get("range", "1d"))
    if chart_range is None:
        return _not_accepted("range", PRICE_RANGES)
    instrument = InstrumentRow.objects.filter(venue=request.desk.account.venue, symbol=symbol).first()
    if instrument is None:
        return JsonResponse({"error": f"There is no instrument {symbol} at this account's venue."}, status=404)
    return JsonResponse(price_chart(request.desk.account, instrument, chart_range, base_interval()))


@require_GET
@door()
def equity(request: DeskRequest) -> HttpResponse:
    """`GET /charts/equity/?range=1m`."""
    name = request.GET.get("range", "1m")
    if name not in EQUITY_RANGES:
        return _not_accepted("range", EQUITY_RANGES)
    return JsonResponse(equity_chart(request.desk.account, EQUITY_RANGES[name]))


def _not_accepted(name: str, accepted: object) -> JsonResponse:
    words = ", ".join(accepted) if isinstance(accepted, dict) else str(accepted)
    return JsonResponse({"error": f"{name}: accepted are {words}"}, status=400)
