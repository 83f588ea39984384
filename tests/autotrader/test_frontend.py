"""The front-end installer copies the built files, cuts their source map line, and says what is missing."""

from pathlib import Path

import pytest

from autotrader import frontend
from autotrader.frontend import VENDOR_FILES, FrontendMissing


def _packages(base: Path) -> None:
    for item in VENDOR_FILES:
        path = base / "node_modules" / item.package_path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"code();\n//# sourceMappingURL=x.js.map\n")


@pytest.fixture
def no_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "_npm_install", lambda base_dir: None)


@pytest.mark.usefixtures("no_npm")
def test_files_are_copied_without_their_source_map_line(tmp_path: Path) -> None:
    _packages(tmp_path)
    copies = frontend.install(tmp_path, tmp_path / "vendor")
    assert len(copies) == len(VENDOR_FILES)
    assert all(b"sourceMappingURL" not in copy.read_bytes() for copy in copies)
    assert frontend.missing_files(tmp_path / "vendor") == []


@pytest.mark.usefixtures("no_npm")
def test_a_package_without_its_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FrontendMissing, match="make setup"):
        frontend.install(tmp_path, tmp_path / "vendor")


def test_a_failing_npm_is_reported_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        frontend, "_npm_command", lambda: ["sh", "-c", "echo first; echo broken lock >&2; exit 1", "npm"]
    )
    with pytest.raises(FrontendMissing, match="broken lock"):
        frontend.install(tmp_path, tmp_path / "vendor")


def test_missing_files_are_listed(tmp_path: Path) -> None:
    assert frontend.missing_files(tmp_path) == [item.served_as for item in VENDOR_FILES]
