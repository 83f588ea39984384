"""The addresses of the pages. Data for scripts lives under /api/."""

from django.urls import path

from dashboard.pages import actions, charts, fragments, overview, session

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("login/", session.Login.as_view(), name="login"),
    path("logout/", session.Logout.as_view(), name="logout"),
    path("fragments/", fragments.fragments, name="fragments"),
    path("charts/price/<str:symbol>/", charts.price, name="price-chart"),
    path("charts/equity/", charts.equity, name="equity-chart"),
    path("decisions/", overview.decisions, name="decisions"),
    path("decisions/<str:decision_id>/", overview.decision, name="decision"),
    path("trades/", overview.trades, name="trades"),
    path("audit/", overview.audit, name="audit"),
    path("audit/verify/", overview.audit_verify, name="audit-verify"),
    path("licences/", overview.licences, name="licences"),
    path("actions/account/", actions.choose_account, name="choose-account"),
    path("actions/loop/", actions.switch_loop, name="switch-loop"),
    path("actions/emergency-stop/", actions.stop_everything, name="emergency-stop"),
    path("actions/trading-state/", actions.change_trading_state, name="change-trading-state"),
    path("actions/approvals/<str:intent_id>/approve/", actions.approve, name="approve-intent"),
    path("actions/approvals/<str:intent_id>/reject/", actions.reject, name="reject-intent"),
]
