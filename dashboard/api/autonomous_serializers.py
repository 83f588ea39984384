"""The exact keys of the short paths (M36). Adding a key is allowed, taking one away or renaming it is not."""

from typing import Any

from rest_framework import serializers

from dashboard.api.fields import DecimalText, StrictBoolean, StrictSerializer, StrictText
from health.domain.check_result import Level

LONGEST_REASON = 300


class StatusSerializer(serializers.Serializer[Any]):
    """The state of the loop."""

    enabled = serializers.BooleanField()
    mode = serializers.ChoiceField(choices=["autonomous", "manual"])
    is_running = serializers.BooleanField()
    trades_executed = serializers.IntegerField()
    last_decision_time = serializers.DateTimeField(allow_null=True)
    current_confidence = DecimalText(allow_null=True)
    active_positions = serializers.IntegerField()
    loop_iterations = serializers.IntegerField()


class HistoryEntrySerializer(serializers.Serializer[Any]):
    """One decision in short. `execution_status` says how it ended, `execution` what was ordered."""

    time = serializers.DateTimeField()
    symbol = serializers.CharField()
    market_data = serializers.JSONField(source="market")
    reasoning = serializers.CharField()
    confidence = DecimalText()
    action = serializers.CharField()
    execution_status = serializers.CharField(source="status")
    execution = serializers.JSONField()
    decided_by = serializers.CharField()
    id = serializers.CharField(source="decision_id")


class HistorySerializer(serializers.Serializer[Any]):
    """The last 20 decisions, newest first."""

    history = HistoryEntrySerializer(many=True)


class ServiceSerializer(serializers.Serializer[Any]):
    """One decider; rates over the last 24 hours, null where nothing was asked of it."""

    name = serializers.CharField()
    status = serializers.ChoiceField(choices=["ACTIVE", "DISABLED"])
    success_rate = DecimalText(allow_null=True)
    error_count = serializers.IntegerField()
    last_used = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class ServicesSerializer(serializers.Serializer[Any]):
    """The chain in its order; the rules are its end."""

    services = ServiceSerializer(many=True)


class ToggleSerializer(StrictSerializer):
    """`enabled` true or false; left out, the switch is turned over."""

    enabled = StrictBoolean(required=False)


class ReasonSerializer(StrictSerializer):
    """Why; may be left out, since nothing may stand between a person and the red button."""

    reason = StrictText(required=False, allow_blank=True, max_length=LONGEST_REASON, default="")


class NeededReasonSerializer(StrictSerializer):
    """Why."""

    reason = StrictText(max_length=LONGEST_REASON)


class ControlStateSerializer(serializers.Serializer[Any]):
    """The switches of the account after the act."""

    account = serializers.CharField()
    enabled = serializers.BooleanField()
    trading_state = serializers.CharField()
    effective_trading_state = serializers.CharField()
    reason = serializers.CharField()
    changed_by = serializers.CharField()
    changed_at = serializers.DateTimeField()


class FindingSerializer(serializers.Serializer[Any]):
    """What a check found."""

    name = serializers.CharField()
    level = serializers.ChoiceField(choices=[level.value for level in Level])
    words = serializers.CharField()


class SystemHealthSerializer(serializers.Serializer[Any]):
    """The worst finding, the names of those that are not ok, and all of them."""

    status = serializers.ChoiceField(source="level", choices=[level.value for level in Level])
    failing = serializers.SerializerMethodField()
    checks = FindingSerializer(many=True, source="results")

    def get_failing(self, report: Any) -> list[str]:
        return [result.name for result in report.failing]


class LiveStatsSerializer(serializers.Serializer[Any]):
    """Today's figures (from 00:00 UTC) in the account's quote asset."""

    current_positions = serializers.IntegerField(source="stats.current_positions")
    today_pnl = DecimalText(source="stats.today_pnl")
    win_rate = DecimalText(source="stats.win_rate", allow_null=True)
    trades_today = serializers.IntegerField(source="stats.trades_today")
    system_health = SystemHealthSerializer(source="health")


class ChartDaySerializer(serializers.Serializer[Any]):
    """One UTC day: equity at its end, result and number of its closed trades."""

    date = serializers.DateTimeField(format="%Y-%m-%d")
    equity = DecimalText(allow_null=True)
    pnl = DecimalText()
    trades = serializers.IntegerField()


class PerformanceChartSerializer(serializers.Serializer[Any]):
    """Thirty days up to today, oldest first."""

    account = serializers.CharField()
    quote_asset = serializers.CharField()
    market_label = serializers.CharField()
    change_fraction = DecimalText(allow_null=True)
    days = ChartDaySerializer(many=True)
