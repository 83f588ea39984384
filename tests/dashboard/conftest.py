"""A small demo account (two days, three instruments) and one person of each role."""

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.test import Client

from dashboard.access.ensure_roles import ensure_roles
from dashboard.access.roles import Role
from tests.factories.demo import Demo, write_demo

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def demo(db: None) -> Demo:
    return write_demo(days=2, symbols=3, hold_hours=1)


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    groups = ensure_roles()

    def make(role: str) -> User:
        user = get_user_model().objects.create_user(username=role, password="a-long-password")
        if role in list(Role):
            user.groups.add(groups[Role(role)])
        return user

    return make


@pytest.fixture
def browser_of(person: Callable[[str], User]) -> Callable[[str], Client]:
    def log_in(role: str) -> Client:
        client = Client()
        client.force_login(person(role), backend=BACKEND)
        return client

    return log_in
