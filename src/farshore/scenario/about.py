"""Reading `scenario.toml`: name, time frame, operation and solver overrides."""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from farshore.errors import Fault
from farshore.scenario.military import REFUSAL, military_word
from farshore.scenario.scenario import About, BlockedHostsException, Operation
from farshore.scenario.suggest import nearest
from farshore.units import parse_time

__all__ = ["ABOUT_FILE", "ABOUT_KEYS", "AboutKey", "ReadAbout", "read_about"]

ABOUT_FILE: Final = "scenario.toml"
MAX_STEPS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class AboutKey:
    """One key of `scenario.toml`: `kind` is what TOML calls it, `default` None if it must be given."""

    section: str
    key: str
    kind: str
    description: str
    default: Any = None
    unit: str = ""
    choices: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The key with its section, as faults name it."""
        return f"{self.section}.{self.key}" if self.section else self.key


ABOUT_KEYS: Final = (
    AboutKey("", "name", "text", "short code of the scenario, as a folder would be named"),
    AboutKey("", "title", "text", "what it is, in one line"),
    AboutKey("", "start", "time", "first moment of the horizon, RFC 3339 with an offset"),
    AboutKey("", "horizon_h", "whole number", "how far the plan looks", unit="h"),
    AboutKey("", "step_s", "whole number", "length of a time step: it divides the horizon", unit="s"),
    AboutKey("operation", "sponsor", "text", "who runs the evacuation", ""),
    AboutKey(
        "operation",
        "territory_status",
        "text",
        "what the law calls the territory that people leave, as seen from the sponsor",
        "none",
        choices=("own", "occupied", "none"),
    ),
    AboutKey("operation", "legal_basis", "text", "under which law or agreement", ""),
    AboutKey("operation.exception", "reason", "text", "why nothing but a blocked host is possible"),
    AboutKey("operation.exception", "approved_by", "list of texts", "two different people who approve"),
    AboutKey("operation.exception", "return_plan", "text", "when and how people go home"),
)
_SECTIONS: Final = ("operation", "operation.exception", "solver")


@dataclass(frozen=True)
class ReadAbout:
    """What `scenario.toml` says. Without a usable time frame `timed` is False and the times mean nothing."""

    about: About
    timed: bool
    faults: list[Fault]
    defaults_used: list[str]


def read_about(data: bytes) -> ReadAbout:
    """The about of a scenario from the bytes of its `scenario.toml`, with every fault in it."""
    nothing = About("", "", datetime.fromtimestamp(0, UTC), 1, 3600)
    try:
        text = data.decode("utf-8-sig")
        tree = tomllib.loads(text)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return ReadAbout(nothing, False, [Fault(ABOUT_FILE, row, "", "is not UTF-8", "save it as UTF-8")], [])
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        reason = re.sub(r" \(at .*", "", str(error))
        cause = f"is no TOML ({reason})"
        fault = Fault(ABOUT_FILE, int(at[1]) if at else 0, "", cause, "write `key = value`, texts in quotes")
        return ReadAbout(nothing, False, [fault], [])
    return _Reader(text, tree).read()


class _Reader:
    """One pass over the parsed file: collects faults and defaults on the way."""

    def __init__(self, text: str, tree: dict[str, Any]) -> None:
        self.text = text
        self.tree = tree
        self.faults: list[Fault] = []
        self.defaults: list[str] = []

    def read(self) -> ReadAbout:
        sections = {name: self.section(name) for name in ("", *_SECTIONS)}
        excepted = sections["operation.exception"] is not None
        found = {
            spec.path: self.value(spec, sections[spec.section] or {})
            for spec in ABOUT_KEYS
            if spec.section != "operation.exception" or excepted
        }
        exception = None
        if excepted:
            exception = BlockedHostsException(
                found["operation.exception.reason"] or "",
                tuple(found["operation.exception.approved_by"] or ()),
                found["operation.exception.return_plan"] or "",
            )
            self.check_exception(exception)
        start, horizon_h, step_s = found["start"], found["horizon_h"], found["step_s"]
        timed = self.check_time_frame(horizon_h, step_s) and start is not None
        about = About(
            name=found["name"] or "",
            title=found["title"] or "",
            start=start or datetime.fromtimestamp(0, UTC),
            horizon_h=horizon_h if timed else 1,
            step_s=step_s if timed else 3600,
            operation=Operation(
                found["operation.sponsor"] or "",
                found["operation.territory_status"] or "none",
                found["operation.legal_basis"] or "",
                exception,
            ),
            solver=sections["solver"] or {},
        )
        return ReadAbout(about, timed, self.faults, self.defaults)

    def fault(self, path: str, cause: str, remedy: str) -> None:
        self.faults.append(Fault(ABOUT_FILE, self.line(path), path, cause, remedy))

    def line(self, path: str) -> int:
        """Line on which a key or section stands; 0 if it stands nowhere."""
        section, _, key = path.rpartition(".")
        at = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
                at = header[1]
                if at == path:
                    return number
            elif at == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return number
        return 0

    def section(self, name: str) -> dict[str, Any] | None:
        """The table of a section without the sections in it; None if it is absent."""
        found: Any = self.tree
        for part in name.split(".") if name else ():
            found = found.get(part) if isinstance(found, dict) else None
        if found is None:
            return None
        if not isinstance(found, dict):
            self.fault(name, "is a value, not a section", f"write [{name}] on a line of its own")
            return None
        if name == "solver":
            return found
        prefix = f"{name}." if name else ""
        inner = {section.removeprefix(prefix) for section in _SECTIONS if section.startswith(prefix)}
        known = [spec.key for spec in ABOUT_KEYS if spec.section == name]
        for key in found:
            if key in known or key in inner:
                continue
            if word := military_word(key):
                self.fault(prefix + key, f"names something military ({word})", REFUSAL)
            else:
                hint = nearest(key, [*known, *inner])
                self.fault(prefix + key, "is no key of a scenario", f"{hint}delete it or correct its name")
        return {key: value for key, value in found.items() if key in known}

    def value(self, spec: AboutKey, section: dict[str, Any]) -> Any:
        """The value of one key, or its default; None, with a fault, if it cannot be used."""
        wanted = f"give {spec.description}{f' ({spec.unit})' if spec.unit else ''}"
        if spec.key not in section:
            if spec.default is None:
                self.fault(spec.path, "is missing", wanted)
            elif spec.default != "":
                self.defaults.append(f"{ABOUT_FILE}, {spec.path}: not set, read as {spec.default}")
            return spec.default
        given = section[spec.key]
        if spec.kind == "time":
            return self.time(spec, given)
        fits = {
            "text": isinstance(given, str),
            "whole number": isinstance(given, int) and not isinstance(given, bool),
            "list of texts": isinstance(given, list) and all(isinstance(each, str) for each in given),
        }[spec.kind]
        if not fits:
            self.fault(spec.path, f"{given!r} is no {spec.kind}", wanted)
            return spec.default
        if spec.choices and given not in spec.choices:
            hint = nearest(given, spec.choices)
            remedy = f"{hint}write one of {', '.join(spec.choices)}"
            self.fault(spec.path, f"{given!r} is not one of the words for it", remedy)
            return spec.default
        if spec.kind == "text" and spec.default is None and not given.strip():
            self.fault(spec.path, "is blank", wanted)
        return given

    def time(self, spec: AboutKey, given: Any) -> datetime | None:
        remedy = "write it as 2022-10-14T06:00+03:00"
        text = given.isoformat() if isinstance(given, datetime) else given
        if not isinstance(text, str):
            self.fault(spec.path, f"{given} is no time", remedy)
            return None
        try:
            parse_time(text)
        except ValueError as error:
            self.fault(spec.path, f"{text} {error}", remedy)
            return None
        return datetime.fromisoformat(text.upper())

    def check_time_frame(self, horizon_h: int | None, step_s: int | None) -> bool:
        usable = True
        for path, given in (("horizon_h", horizon_h), ("step_s", step_s)):
            if given is not None and given <= 0:
                self.fault(path, f"{given} is not above 0", "give a whole number above 0")
                usable = False
        if horizon_h is None or step_s is None or not usable:
            return False
        if horizon_h * 3600 % step_s:
            cause = f"{step_s} s do not divide the horizon of {horizon_h} h"
            self.fault("step_s", cause, "take a divisor of an hour, as 900, 1800 or 3600")
            return False
        if horizon_h * 3600 // step_s > MAX_STEPS:
            cause = f"{step_s} s make {horizon_h * 3600 // step_s:,} steps of the horizon"
            self.fault("step_s", cause, "take longer steps, as 900, 1800 or 3600")
            return False
        return True

    def check_exception(self, exception: BlockedHostsException) -> None:
        """An exception that is not complete opens nothing: better said than silently ignored."""
        named = {name.strip() for name in exception.approved_by} - {""}
        if exception.approved_by and len(named) < 2:
            cause = f"names {len(named)} {'person' if len(named) == 1 else 'people'}"
            remedy = "an exception needs two different people who approve"
            self.fault("operation.exception.approved_by", cause, remedy)
