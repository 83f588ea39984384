"""The evaluation floor's tables: what each day came to."""

from evaluation.models.daily_performance import DailyPerformance

__all__ = ["DailyPerformance"]
