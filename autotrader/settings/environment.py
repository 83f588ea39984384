"""Every environment variable the platform knows, parsed and checked once, before anything starts.

A bad value raises `BadSetting`, whose one line names the variable and what is accepted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit

MARKETS = ("auto", "binance", "simulated", "replay")
INTERVALS = ("1m", "5m", "15m", "1h", "4h", "1d")
TRUE_WORDS = ("true", "1", "yes", "on")
FALSE_WORDS = ("false", "0", "no", "off")
SIMULATED_UNIVERSE = "BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT,XRPUSDT,ADAUSDT,DOGEUSDT,AVAXUSDT,LINKUSDT,DOTUSDT"


class BadSetting(Exception):
    """An environment variable has a value that is not accepted."""

    def __init__(self, name: str, value: str, accepted: str) -> None:
        super().__init__(f"{name}={value!r} is not accepted: {accepted}")
        self.name = name


@dataclass(frozen=True)
class Secrets:
    """Keys of partners. Their `repr` shows only which are set."""

    binance_api_key: str
    binance_api_secret: str
    gemini_api_key: str
    openai_api_key: str
    anthropic_api_key: str
    together_api_key: str

    def __repr__(self) -> str:
        return f"Secrets(set={[name for name, value in vars(self).items() if value]})"


@dataclass(frozen=True)
class PartnerUrls:
    """Overrides for proxies and test servers; empty means the partner's own address."""

    binance_rest: str
    binance_ws: str
    gemini: str
    openai: str
    anthropic: str
    together: str


@dataclass(frozen=True)
class Environment:
    """The checked environment. Fractions are fractions, intervals seconds, paths absolute."""

    var_dir: Path
    database_url: str
    redis_url: str
    bind_host: str
    bind_port: int
    allowed_hosts: tuple[str, ...]
    market: str
    universe: tuple[str, ...]
    bar_interval: str
    simulation_seed: int
    simulation_speed: int
    replay_files: tuple[str, ...]
    paper_cash: Decimal
    autonomous_mode: bool
    enable_backup_apis: bool
    min_confidence: Decimal
    stop_loss_fraction: Decimal
    take_profit_fraction: Decimal
    max_position_fraction: Decimal
    check_interval_seconds: int
    approval_ttl_seconds: int
    trading_halt: bool
    ibkr_host: str
    ibkr_port: int
    ibkr_client_id: int
    alert_urls: tuple[str, ...]
    log_level: str
    secrets: Secrets
    urls: PartnerUrls


class _Reader:
    """Reads typed values out of a mapping, naming the variable in every complaint."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.names: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        self.names.add(name)
        return self._values.get(name, default).strip()

    def parsed(self, name: str, default: str, accepted: str, parse: Callable[[str], object]) -> object:
        value = self.text(name) or default
        try:
            return parse(value)
        except (ValueError, InvalidOperation) as error:
            raise BadSetting(name, value, accepted) from error

    def boolean(self, name: str, default: str) -> bool:
        value = (self.text(name) or default).lower()
        if value in TRUE_WORDS:
            return True
        if value in FALSE_WORDS:
            return False
        raise BadSetting(name, value, "accepted are true or false")

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        accepted = f"accepted is a whole number from {low} to {high}"
        value = self.parsed(name, str(default), accepted, int)
        if not isinstance(value, int) or not low <= value <= high:
            raise BadSetting(name, str(value), accepted)
        return value

    def decimal(self, name: str, default: str, low: str, high: str) -> Decimal:
        accepted = f"accepted is a number from {low} to {high}"
        value = self.parsed(name, default, accepted, Decimal)
        if not isinstance(value, Decimal) or not value.is_finite() or not Decimal(low) <= value <= Decimal(high):
            raise BadSetting(name, str(value), accepted)
        return value

    def choice(self, name: str, default: str, accepted: tuple[str, ...]) -> str:
        value = (self.text(name) or default).lower()
        if value not in accepted:
            raise BadSetting(name, value, f"accepted are {', '.join(accepted)}")
        return value

    def words(self, name: str, default: str = "") -> tuple[str, ...]:
        return tuple(word.strip() for word in (self.text(name) or default).split(",") if word.strip())

    def url(self, name: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name)
        scheme, host = _scheme_and_host(value)
        if value and (scheme not in schemes or not host):
            accepted = f"accepted is an address that starts with {' or '.join(schemes)}://"
            raise BadSetting(name, _without_password(value), accepted)
        return value.rstrip("/")


def _scheme_and_host(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:  # a broken IPv6 address
        return "", ""
    return parts.scheme, parts.netloc


def _without_password(address: str) -> str:
    return address.split("@")[-1]


def read_environment(values: Mapping[str, str], base_dir: Path) -> Environment:
    """The checked environment from `values` (usually os.environ with .env under it).

    Raises BadSetting for the first value that is not accepted.
    """
    return _read(_Reader(values), base_dir)


def known_names() -> frozenset[str]:
    """The names of all variables that `read_environment` reads, and the few that settings modules read themselves."""
    reader = _Reader({})
    _read(reader, Path())
    return frozenset(reader.names) | {"SECRET_KEY", "ENV_FILE"}


def _read(reader: _Reader, base_dir: Path) -> Environment:
    var_dir = (base_dir / (reader.text("VAR_DIR") or "var")).resolve()
    return Environment(
        var_dir=var_dir,
        database_url=_database_url(reader, var_dir),
        redis_url=reader.url("REDIS_URL", ("redis", "rediss")),
        bind_host=reader.text("BIND_HOST", "127.0.0.1"),
        bind_port=reader.whole("BIND_PORT", 8000, 1, 65535),
        allowed_hosts=reader.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]"),
        market=reader.choice("MARKET", "auto", MARKETS),
        universe=_symbols(reader),
        bar_interval=reader.choice("BAR_INTERVAL", "1m", INTERVALS),
        simulation_seed=reader.whole("SIMULATION_SEED", 7, 0, 2**31 - 1),
        simulation_speed=_simulation_speed(reader),
        replay_files=reader.words("REPLAY_FILES"),
        paper_cash=reader.decimal("PAPER_CASH", "10000", "100", "1000000000"),
        autonomous_mode=reader.boolean("AUTONOMOUS_MODE", "true"),
        enable_backup_apis=reader.boolean("ENABLE_BACKUP_APIS", "true"),
        min_confidence=reader.decimal("MIN_CONFIDENCE_FOR_TRADE", "0.60", "0.50", "1"),
        stop_loss_fraction=reader.decimal("STOP_LOSS_PERCENT", "0.05", "0.002", "0.20"),
        take_profit_fraction=reader.decimal("TAKE_PROFIT_PERCENT", "0.03", "0.002", "0.50"),
        max_position_fraction=reader.decimal("MAX_POSITION_SIZE", "0.02", "0.001", "0.10"),
        check_interval_seconds=reader.whole("CHECK_INTERVAL", 60, 1, 86400),
        approval_ttl_seconds=reader.whole("APPROVAL_TTL_SECONDS", 300, 30, 86400),
        trading_halt=reader.boolean("TRADING_HALT", "false"),
        ibkr_host=reader.text("IBKR_HOST", "127.0.0.1"),
        ibkr_port=reader.whole("IBKR_PORT", 4002, 1, 65535),
        ibkr_client_id=reader.whole("IBKR_CLIENT_ID", 17, 0, 2**31 - 1),
        alert_urls=reader.words("ALERT_URLS"),
        log_level=reader.choice("LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        secrets=_secrets(reader),
        urls=_partner_urls(reader),
    )


def _simulation_speed(reader: _Reader) -> int:
    speed = reader.whole("SIMULATION_SPEED", 1, 1, 600)
    if speed != 1 and reader.text("MARKET").lower() != "simulated":
        raise BadSetting("SIMULATION_SPEED", str(speed), "a speed other than 1 needs MARKET=simulated")
    return speed


def _symbols(reader: _Reader) -> tuple[str, ...]:
    symbols = tuple(symbol.upper() for symbol in reader.words("UNIVERSE", SIMULATED_UNIVERSE))
    for symbol in symbols:
        if not symbol.isascii() or not symbol.replace(".", "").replace("-", "").isalnum():
            raise BadSetting("UNIVERSE", symbol, "accepted are symbols such as BTCUSDT, separated by commas")
    if len(set(symbols)) != len(symbols):
        raise BadSetting("UNIVERSE", ",".join(symbols), "each symbol may stand there once")
    return symbols


def _database_url(reader: _Reader, var_dir: Path) -> str:
    value = reader.text("DATABASE_URL") or f"sqlite:///{var_dir / 'autotrader.sqlite3'}"
    if _scheme_and_host(value)[0] not in ("sqlite", "postgres", "postgresql"):
        raise BadSetting("DATABASE_URL", _without_password(value), "accepted are sqlite:///FILE and postgresql://…")
    return value


def _secrets(reader: _Reader) -> Secrets:
    return Secrets(
        binance_api_key=reader.text("BINANCE_API_KEY"),
        binance_api_secret=reader.text("BINANCE_API_SECRET"),
        gemini_api_key=reader.text("GEMINI_API_KEY"),
        openai_api_key=reader.text("OPENAI_API_KEY"),
        anthropic_api_key=reader.text("ANTHROPIC_API_KEY"),
        together_api_key=reader.text("TOGETHER_API_KEY"),
    )


def _partner_urls(reader: _Reader) -> PartnerUrls:
    web = ("http", "https")
    return PartnerUrls(
        binance_rest=reader.url("BINANCE_REST_URL", web),
        binance_ws=reader.url("BINANCE_WS_URL", ("ws", "wss")),
        gemini=reader.url("GEMINI_BASE_URL", web),
        openai=reader.url("OPENAI_BASE_URL", web),
        anthropic=reader.url("ANTHROPIC_BASE_URL", web),
        together=reader.url("TOGETHER_BASE_URL", web),
    )
