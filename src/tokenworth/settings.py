"""One typed place for settings, and the only reader of the environment.

Every setting can be given as `TOKENWORTH_<NAME>` or in a `tokenworth.toml` in the working folder;
the environment wins, and what a command is told on its command line wins over both.
"""

from __future__ import annotations

import os
from pathlib import Path

import pydantic
from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from tokenworth.errors import UsageError
from tokenworth.sources.macros import TagKind

GIB = 1024**3
# Days that are looked back upon: by verdicts, and until it is known whether work has lasted.
LEAST_RETAINED = 200


def _half_of_memory() -> str:
    """Half of this machine's memory: the other half is dbt's, Airflow's and the reader's. At most 5 GiB: a day of 25
    million requests goes through as fast as with 6, and with what is held beside them below 8 GB."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{min(total // 2, 5 * GIB) // 1024**2}MiB"


class Settings(BaseSettings):
    """What can be set; the defaults serve a first run on one machine."""

    model_config = SettingsConfigDict(
        env_prefix="TOKENWORTH_", toml_file="tokenworth.toml", extra="forbid", frozen=True
    )

    landing: Path = Field(Path("landing"), description="folder in which the exports arrive")
    warehouse: Path = Field(Path("warehouse"), description="folder of the warehouse and what is published")
    key: SecretStr | None = Field(
        None, description="key of the pseudonyms; without it one is made in the warehouse folder, mode 0600"
    )
    new_key: SecretStr | None = Field(None, description="what TOKENWORTH_KEY shall be after tokenworth rotate-key")
    min_group: int = Field(5, ge=1, description="a published figure rests on at least so many people")
    close_after_days: int = Field(
        1, ge=1, description="a week is published once exports are so many days younger than its Sunday, and stays so"
    )
    keep_titles: bool = Field(False, description="keep titles of work items and subjects of commits")

    jira_csv_date_format: str = Field("%d/%b/%y %I:%M %p", description="dates of Jira CSV exports (strptime)")
    jira_csv_timezone: str = Field("UTC", description="zone of the person who exported the Jira CSV")
    azure_devops_csv_date_format: str = Field(
        "%m/%d/%Y %I:%M:%S %p", description="dates of Azure DevOps CSV exports (strptime)"
    )
    azure_devops_csv_timezone: str = Field("UTC", description="zone of the person who exported the Azure DevOps CSV")
    tag_words: dict[TagKind, list[str]] = Field(
        default_factory=dict,
        description="a company's own words for the tags repository, branch, issue, pull_request and commit",
    )

    notify_email: list[str] = Field(
        default_factory=list, description="who is written to of a new finding, over Airflow's connection smtp_default"
    )
    notify_slack_webhook: SecretStr | None = Field(
        None, description="address of an incoming webhook of Slack that is told of a new finding"
    )

    threads: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="processors that the engine may use"
    )
    memory_limit: str = Field(default_factory=_half_of_memory, description="what the engine may use")
    batch_bytes: int = Field(1024**3, ge=1, description="small files are read together up to this size")
    max_line_bytes: int = Field(64 * 1024**2, ge=1024, description="a longer line is refused")
    max_unpacked_bytes: int = Field(64 * GIB, ge=1, description="a compressed file may not unpack to more")
    max_unpacked_ratio: int = Field(
        200, ge=1, description="nor to so many times its size, where that is more than a GiB"
    )
    retain_days: int = Field(
        730,
        ge=0,
        description="what people did longer ago is kept by team only once tokenworth retain has run; 0: all is kept",
    )
    retain_superseded_days: int = Field(400, ge=0, description="days for which rows of replaced file versions are kept")

    @pydantic.field_validator("retain_days")
    @classmethod
    def _not_what_is_still_open(cls, days: int) -> int:
        if 0 < days < LEAST_RETAINED:
            raise ValueError(f"should be 0, or at least {LEAST_RETAINED}: verdicts and fates look back so far")
        return days

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    def unpacked_limit(self, packed_bytes: int) -> int:
        """Bytes to which a compressed file of this size may unpack: a bomb is small, and fills a disk."""
        return min(self.max_unpacked_bytes, max(GIB, packed_bytes * self.max_unpacked_ratio))

    @property
    def database(self) -> Path:
        return self.warehouse / "warehouse.duckdb"

    @property
    def identities(self) -> Path:
        return self.warehouse / "identities.duckdb"

    @property
    def work(self) -> Path:
        """Scratch space of a run; emptied when a run starts and when it ends."""
        return self.warehouse / "tmp"

    @property
    def published(self) -> Path:
        """The link that every BI tool opens."""
        return self.warehouse / "published"


def read_settings(**given: object) -> Settings:
    """Settings from the command line's `given` (None means not given), environment and file.

    Raises UsageError with one line per setting that cannot be used.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except pydantic.ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False)]
        raise UsageError(
            "unreadable configuration: " + "; ".join(lines),
            todo="See the settings in the README, or the output of: tokenworth settings",
        ) from error
    except (OSError, ValueError) as error:  # a tokenworth.toml that is not TOML
        raise UsageError(f"unreadable configuration in tokenworth.toml: {error}") from error
