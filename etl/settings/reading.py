"""Reads and validates all settings in the environment and `.env`; finds all faults at once."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from etl.models.errors import ConfigurationError, SettingProblem
from etl.models.peers import LOGIN
from etl.settings.env_file import open_to_others, read_env_file, unread
from etl.settings.sections import (
    FIELDS,
    NAMES,
    PASSWORDS,
    PATHS,
    PROXIES,
    SECRETS,
    SYSTEM_AUTHORITIES,
    ApiSettings,
    DatabaseSettings,
    MailSettings,
    NetworkSettings,
    RunSettings,
    Section,
    SheetSettings,
)
from etl.settings.task_names import NamesFile, read_task_names

# pydantic names the field where it is the default that is wrong.
VARIABLES = {"password": "SENDER_PASSWORD"}
# Faults in these cost what they would add, and no attempts.
ADORNING = {"TASK_NAMES_FILE", "DASHBOARD_FILE", "DASHBOARD_URL", "HEALTHCHECK_URL"}


@dataclass(frozen=True)
class Settings:
    """All settings; a section is None if off or wrong. `database` off means the embedded server.

    `network` has proxies and CA files by the names of their variables. `problems` stop a run,
    `warnings` do not; of these the letter lists `ignored`, the faults in settings of extras such as
    the dashboard. `effective` has name, source (empty: not set) and value of each setting, with a
    word instead of secrets and wrong values.
    """

    api: ApiSettings | None
    database: DatabaseSettings | None
    sheet: SheetSettings | None
    mail: MailSettings | None
    run: RunSettings
    network: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    problems: tuple[SettingProblem, ...] = ()
    warnings: tuple[SettingProblem, ...] = ()
    ignored: tuple[SettingProblem, ...] = ()
    names_file: NamesFile = field(default_factory=NamesFile)
    effective: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)

    def require(self, *, api: bool) -> None:
        """Raises `ConfigurationError` if there are problems or, with `api`, no grader is set."""
        off = api and self.api is None and not any(map(ApiSettings.has, self.problems))
        missing = [SettingProblem(name, "missing") for name in ApiSettings.required if off]
        if problems := [*missing, *self.problems]:
            raise ConfigurationError(problems)

    def may_link(self, url: str) -> bool:
        """Returns whether a letter may link to `url`: settings have its host or a parent domain.

        Domains of mail addresses there count, too. The grader's records may name any host.
        """
        urls = [self.api and self.api.url, self.run.dashboard_url]
        named = [urlsplit(one).hostname for one in urls if one]
        mailboxes = [self.mail.sender, *self.mail.recipients] if self.mail else []
        named += [mailbox.rpartition("@")[2].lower() for mailbox in mailboxes]
        return f".{urlsplit(url).hostname}".endswith(tuple(f".{host}" for host in named))


S = TypeVar("S", bound=Section)
Values = Mapping[str, str]


def read_settings(env_file: Path, environ: Values) -> Settings:
    """Returns settings from `env_file`, overridden by `environ`; faults stand in `problems`."""
    lines, problems = read_env_file(env_file)
    in_file = _set({str(line.key): line.value for line in lines}, env_file.parent, PASSWORDS)
    in_environ = _set(environ, env_file.parent)
    values = in_file | in_environ
    foreign = {str(line.key): line for line in lines if _usual(str(line.key)) not in NAMES}
    unset = [name for name in NAMES if name not in values]
    misspelt, others = unread(foreign.values(), NAMES, unset)
    problems += misspelt
    warnings = open_to_others(env_file) + others
    run = _read_run(values, problems)
    network = _read(NetworkSettings, values, problems) or NetworkSettings.model_validate({})
    names_file = read_task_names(run.task_names_file) if run.task_names_file else NamesFile()
    problems += names_file.problems()
    ignored = tuple(one for one in problems if one.variable in ADORNING)
    return Settings(
        run=run,
        api=_read(ApiSettings, values, problems),
        database=_read(DatabaseSettings, values, problems),
        sheet=_read(SheetSettings, values, problems),
        mail=_read(MailSettings, values, problems),
        network=network.model_dump(mode="json", by_alias=True, exclude_none=True),
        secrets=tuple(_secrets(values)),
        problems=tuple(one for one in problems if one.variable not in ADORNING),
        warnings=(*warnings, *ignored),
        ignored=ignored,
        names_file=names_file,
        effective=tuple(_effective(in_file, in_environ, {one.variable for one in problems})),
    )


def _secrets(values: Values) -> Iterator[str]:
    """Yields secret settings, and the logins in the addresses of peers and of proxies."""
    for name, value in values.items():
        if name in SECRETS:
            yield value
        if name in NAMES:
            for login in LOGIN.findall(value):
                password = login.partition(":")[2]
                yield from filter(None, (login.strip(":"), password, unquote(password)))


def _read(section: type[S], values: Values, problems: list[SettingProblem]) -> S | None:
    """Returns the section, or None if it is off or wrong; adds what is wrong to `problems`."""
    if section.required and not any(name in values for name in section.required):
        return None
    try:
        return section.model_validate(values)
    except ValidationError as error:
        problems.extend(_problems(error))
        return None


def _read_run(values: Values, problems: list[SettingProblem]) -> RunSettings:
    """Returns right settings, else defaults: a letter about wrong ones needs language and zone."""
    if run := _read(RunSettings, values, problems):
        return run
    wrong = {problem.variable for problem in problems}
    return RunSettings.model_validate({n: v for n, v in values.items() if n not in wrong})


def _effective(
    in_file: Values, environ: Values, wrong: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Yields name, source and value of each setting; `in_file`, `environ` have no empty values."""
    for name, setting in FIELDS.items():
        if name in environ:
            value, source = environ[name], "environment"
        elif name in in_file:
            value, source = in_file[name], ".env"
        elif setting.default in {None, PydanticUndefined}:
            value, source = "", ""
        else:
            value, source = str(setting.default), "default"
        if source and name in wrong:
            value = "wrong"
        elif source and name in SECRETS:
            value = "set"
        yield name, source, LOGIN.sub("***", value)


def _set(
    variables: Mapping[str, str | None] | Values, folder: Path, verbatim: Collection[str] = ()
) -> dict[str, str]:
    """Returns the variables without empty values, which count as not set.

    Blanks and line ends around a value are dropped, and PowerShell's byte order mark: secrets come
    from files. Of `verbatim` values only line ends are. Paths begin at `folder`, or with `~`.
    """
    stripped = {
        _usual(name): value.strip("\r\n") if name in verbatim else value.strip().strip("\ufeff")
        for name, value in sorted(variables.items())  # of HTTPS_PROXY and https_proxy the latter
        if value and value.strip()
    }
    located = {
        name: str(folder / os.path.expanduser(os.path.expandvars(value)))  # noqa: PTH111 - no raise
        for name, value in stripped.items()
        if name in PATHS and (name, value) != ("PGSSLROOTCERT", SYSTEM_AUTHORITIES.name)
    }
    # The address of a proxy needs no scheme, but its login could not be told without one.
    proxies = {
        name: f"http://{value}"
        for name, value in stripped.items()
        if name in PROXIES - {"NO_PROXY"} and "//" not in value
    }
    return stripped | located | proxies


def _usual(name: str) -> str:
    """Returns the name in capitals if it is one of those that other programs know in either way."""
    return name.upper() if name.upper() in PROXIES else name


def _problems(error: ValidationError) -> list[SettingProblem]:
    found = []
    for detail in error.errors(include_url=False, include_input=False):
        facts = {name: str(value) for name, value in detail.get("ctx", {}).items()}
        if detail["type"] == "literal_error":  # "'ru' or 'en'" would be English in a Russian letter
            facts["expected"] = facts["expected"].replace(" or ", ", ")
        name = str(detail["loc"][0])
        found.append(SettingProblem(VARIABLES.get(name, name), detail["type"], facts))
    return found
