"""Does the database answer?"""

from django.db import DatabaseError, connection

from health.domain.check_result import CheckResult, Level

NAME = "database"


def check_database() -> CheckResult:
    """DOWN when a simple question fails."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return CheckResult(NAME, Level.DOWN, "the database does not answer")
    return CheckResult(NAME, Level.OK, "answers")
