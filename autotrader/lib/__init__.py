"""The ground floor: clock, money, ids, events, retry. Small, and knows none of the apps."""
