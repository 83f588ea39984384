"""The roles, what each may do, and the one question every door asks: `may(user, act)`.

A role is a Django group. Whoever has no role may do nothing but stop trading. Answers are never kept
between requests, so taking a role away works at once (security.md 8.2-8.3).
"""

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class Role(StrEnum):
    """The groups. A person may have several; their rights add up."""

    VIEWER = "viewer"
    TRADER = "trader"
    OPERATOR = "operator"
    ADMIN = "admin"


class Act(StrEnum):
    """What can be allowed. LIVE acts are about accounts with real money."""

    EMERGENCY_STOP = "emergency_stop"
    READ = "read"
    ANALYSE = "analyse"
    SWITCH_PAPER_LOOP = "switch_paper_loop"
    SWITCH_LIVE_LOOP = "switch_live_loop"
    APPROVE_INTENTS = "approve_intents"
    REQUEST_PAPER_INTENTS = "request_paper_intents"
    SET_TRADING_STATE = "set_trading_state"
    ACTIVATE_PARAMETERS = "activate_parameters"
    MANAGE_USERS = "manage_users"
    MANAGE_SETTINGS = "manage_settings"


EVERYBODY = frozenset({Act.EMERGENCY_STOP})
_VIEWER = EVERYBODY | {Act.READ}
_TRADER = _VIEWER | {Act.ANALYSE, Act.SWITCH_PAPER_LOOP, Act.APPROVE_INTENTS, Act.REQUEST_PAPER_INTENTS}
_OPERATOR = _TRADER | {Act.SWITCH_LIVE_LOOP, Act.SET_TRADING_STATE, Act.ACTIVATE_PARAMETERS}
_ADMIN = _VIEWER | {Act.MANAGE_USERS, Act.MANAGE_SETTINGS}

ROLE_ACTS: dict[Role, frozenset[Act]] = {
    Role.VIEWER: _VIEWER,
    Role.TRADER: _TRADER,
    Role.OPERATOR: _OPERATOR,
    Role.ADMIN: _ADMIN,
}


def acts_of(user: "AbstractBaseUser | AnonymousUser | None") -> frozenset[Act]:
    """Everything `user` may do now. Nothing for nobody and for a disabled person; one query."""
    if user is None or not user.is_authenticated or not user.is_active:
        return frozenset()
    if getattr(user, "is_superuser", False):
        return frozenset(Act)
    acts = EVERYBODY
    for role in roles_of(user):
        acts |= ROLE_ACTS[role]
    return acts


def roles_of(user: "AbstractBaseUser | AnonymousUser") -> frozenset[Role]:
    """The roles of `user`; other groups of the installation are not roles and are left out."""
    groups = getattr(user, "groups", None)
    if groups is None:
        return frozenset()
    return frozenset(Role(name) for name in groups.filter(name__in=list(Role)).values_list("name", flat=True))


def may(user: "AbstractBaseUser | AnonymousUser | None", act: Act) -> bool:
    """Whether `user` may do `act` now."""
    return act in acts_of(user)
