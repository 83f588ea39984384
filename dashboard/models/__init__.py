"""The dashboard's own tables: the tokens of scripts."""

from dashboard.models.api_token import ApiToken

__all__ = ["ApiToken"]
