"""What the embedded platform says to the person who started it, in plain words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Welcome:
    """The facts of a start that a person wants to know."""

    url: str
    market_label: str
    account: str
    cash: str
    instruments: int
    check_interval_seconds: int
    is_autonomous: bool
    var_dir: str


def opening_lines() -> list[str]:
    """The first words, before anything slow begins."""
    return [
        "autotrader trades on its own with paper money. No real order is sent in this mode.",
        "Trading can lose money, also where a simulation gained. Nothing here is advice.",
        "",
    ]


def password_lines(user: str, password: str) -> list[str]:
    """The first operator's password: shown this once, stored only as a hash."""
    return [
        "Your first operator was made. Write the password down, it is shown only now:",
        f"    user      {user}",
        f"    password  {password}",
        "",
    ]


def ready_lines(facts: Welcome) -> list[str]:
    """Where to click and what happens now."""
    approval = "decides and trades by itself" if facts.is_autonomous else "asks you to approve every trade"
    return [
        f"Ready: open {facts.url} in your browser and log in.",
        f"    market    {facts.market_label}, {facts.instruments} instruments",
        f"    account   {facts.account}, started with {facts.cash} of paper money",
        f"    loop      every {facts.check_interval_seconds} seconds it looks at the market, {approval}",
        f"    data      {facts.var_dir}",
        "Stop with Ctrl-C; the next start continues where this one ended.",
    ]
