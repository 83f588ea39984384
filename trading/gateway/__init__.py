"""The order gateway: the only sender of orders, one for each account (order-safety.md 5)."""
