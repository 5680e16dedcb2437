"""What a reading of the sample site must come to, and how rows are compared with it."""

from __future__ import annotations

import re
from typing import Any

from connector import Json

STREAMS = (
    "spaces",
    "pages",
    "blog_posts",
    "comments",
    "attachments",
    "custom_content",
    "users",
    "groups",
    "group_members",
    "space_permissions",
    "space_role_assignments",
    "space_roles",
    "space_properties",
    "templates",
    "tasks",
    "audit_log",
    "space_labels",
    "labels",
    "content_labels",
    "classification_levels",
    "folders",
    "whiteboards",
    "databases",
    "embeds",
    "content_restrictions",
    "content_properties",
    "content_versions",
    "content_views",
    "likes",
)
"""All that the connector reads."""

PRIMARY_KEYS = {
    "content_versions": ("contentId", "number"),
    "content_views": ("contentId",),
    "likes": ("contentId", "accountId"),
    "users": ("accountId",),
    "group_members": ("groupId", "accountId"),
    "space_role_assignments": ("spaceId", "roleId", "principalType", "principalId"),
    "templates": ("templateId",),
    "audit_log": ("auditId",),
    "space_labels": ("spaceId", "labelId"),
    "content_labels": ("contentId", "labelId"),
    "content_restrictions": ("contentId", "operation", "restrictedById", "principalType", "principalId"),
}

ADDED_FIELDS = frozenset(
    {
        "updatedAt",
        "changedAt",
        "_ab_cdc_deleted_at",
        "deletionReason",
        "commentType",
        "containerType",
        "containerId",
        "emailSource",
    }
)
"""What the connector adds to Confluence's rows."""

TOLD_OTHERWISE = {
    "groups": {"_links"},
    "spaces": {"description", "icon"},
    "group_members": {"_expandable"},
    "templates": {"_expandable"},
    "content_restrictions": {"spaceId", "restrictedByType", "principalName"},
}
"""Fields that truth leaves out, or that say only what was not asked for."""


def key_of(stream: str, row: Json) -> tuple[Any, ...]:
    return tuple(row[column] for column in PRIMARY_KEYS.get(stream, ("id",)))


def by_key(stream: str, rows: list[Json]) -> dict[tuple[Any, ...], Json]:
    """The rows by primary key; the same key twice is an error."""
    found = {key_of(stream, row): row for row in rows}
    assert len(found) == len(rows), f"{stream}: a primary key is there twice"
    return found


def storable(value: Any) -> Any:
    """A value of the site as a destination can take it: no NUL, and U+FFFD for each surrogate that stands alone."""
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value.replace("\0", ""))
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {key: storable(item) for key, item in value.items()}
    return value


def own_fields(stream: str, row: Json) -> Json:
    """A row without what the connector adds, and without what truth does not tell."""
    left_out = ADDED_FIELDS | TOLD_OTHERWISE.get(stream, set())
    return {name: value for name, value in row.items() if name not in left_out}


def known_to_the_site(stream: str, rows: list[Json]) -> list[Json]:
    """Without the accounts that content names but the site says nothing about."""
    return [row for row in rows if stream != "users" or row.get("accountStatus") != "unknown"]
