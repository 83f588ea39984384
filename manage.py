#!/usr/bin/env python
"""The command line of autotrader: every act of the platform is a command of this file."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autotrader.settings.development")
    from django.core.management import execute_from_command_line

    from autotrader.settings.environment import BadSetting

    try:
        execute_from_command_line(sys.argv)
    except BadSetting as error:
        sys.exit(f"autotrader cannot start: {error}")


if __name__ == "__main__":
    main()
