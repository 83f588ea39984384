"""`manage.py install_frontend`: brings the front-end packages that the pages use."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from autotrader import frontend


class Command(BaseCommand):
    help = "Install the front-end packages of package.json and put their built files where the pages find them."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            files = frontend.install(settings.BASE_DIR, settings.VENDOR_DIR)
        except frontend.FrontendMissing as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{len(files)} front-end files are in {settings.VENDOR_DIR}")
