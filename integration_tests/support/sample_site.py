"""A sample site in a process of its own, and its control interface (docs/sample-site.md)."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from connector import EXECUTABLE, Json

OF_THE_TREE = {"folders", "whiteboards", "databases", "embeds", "content_restrictions", "content_properties"}
"""Streams with rows of content that no list shows."""


@dataclass(frozen=True)
class SampleSite:
    """A site that is being served."""

    config: Json
    """A config of the connector that reads it."""

    @property
    def url(self) -> str:
        return self.config["domain_name"]

    @property
    def scoped_config(self) -> Json:
        """A config with the token that is good at the gateway alone."""
        return self._control("config/scoped")

    def oauth_config(self) -> Json:
        """A config for OAuth 2.0 with the refresh token of a new consent."""
        return self._control("config/oauth2.0")

    def service_account_config(self) -> Json:
        return self._control("config/service_account")

    def grants(self) -> list[Json]:
        """Every consent, with its tokens and how often each was used."""
        return self._control("grants")

    def expire_access_tokens(self) -> None:
        """Lets every access token end before its time."""
        self._control("expire-access-tokens", {})

    @property
    def rejected_config(self) -> Json:
        """A config with a token that the site does not know."""
        return {**self.config, "credentials": {**self.config["credentials"], "api_token": "no-such-token-at-all"}}

    def change(self, *changes: Json) -> list[Any]:
        """Changes the content; the ids of what was made or changed."""
        return self._control("change", list(changes))

    def truth(self, stream: str) -> list[Json]:
        """The rows that a faultless reading of all streams would bring at this moment."""
        rows = self._control(f"truth/{stream}")
        if stream == "users":
            return self._with_rarely_named(rows)
        return self._knowable(stream, rows) if stream in OF_THE_TREE else rows

    def _with_rarely_named(self, users: list[Json]) -> list[Json]:
        """With the accounts that nothing but a restriction or custom content names."""
        restrictions = [row for row in self.truth("content_restrictions") if row["principalType"] == "user"]
        named = {row["principalId"] for row in restrictions}
        for row in self.truth("custom_content"):
            named |= {row["authorId"], row["version"]["authorId"]}
        named -= {user["accountId"] for user in users}
        return users + [account for account in self._control("truth/accounts") if account["accountId"] in named]

    def _knowable(self, stream: str, rows: list[Json]) -> list[Json]:
        """Without those of a folder or the like that no search shows and that nothing names as its parent."""
        unknown = {row["id"] for row in self._control("truth/content_tree") if row["known"] == "no"}
        column = "contentId" if stream in {"content_restrictions", "content_properties"} else "id"
        return [row for row in rows if row[column] not in unknown]

    def set(self, **settings: Any) -> None:
        """Changes settings of the site, such as `forbidden`."""
        self._control("settings", settings)

    def set_faults(self, *faults: Json) -> None:
        """Puts these faults in force in place of those before."""
        self._control("faults", list(faults))

    def _control(self, what: str, change: Any = None) -> Any:
        body = None if change is None else json.dumps(change).encode()
        try:
            with urllib.request.urlopen(f"{self.url}/_control/{what}", data=body, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"the sample site refused {what}: {refused.read().decode()}") from refused


@contextmanager
def sample_site(pages: int) -> Iterator[SampleSite]:
    """Serves a site of so many pages, the same each time, on a free port."""
    process = subprocess.Popen(
        [str(EXECUTABLE), "sample-site", "--pages", str(pages)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        yield SampleSite(_config_from(process))
    finally:
        process.terminate()
        process.wait(timeout=30)


def _config_from(process: subprocess.Popen[str]) -> Json:
    """The config is printed once the site is there; stdout stays open."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        try:
            return json.loads(printed)
        except json.JSONDecodeError:
            continue
    raise RuntimeError(f"the sample site did not start; it printed: {printed!r}")
