"""A working day on the sample site: changes of every kind of row that the connector reads, between two syncs."""

from __future__ import annotations

from connector import Json
from sample_site import SampleSite

Truth = dict[str, list[Json]]


def edit(site: SampleSite, truth: Truth) -> None:
    """Something new, something changed and something gone, wherever people can do that."""
    site.change(
        *changes_of_content(truth), *changes_beside_content(truth), *changes_of_spaces(truth), *changes_of_people(truth)
    )


def living(truth: Truth) -> list[Json]:
    return [page for page in truth["pages"] if page["status"] == "current"]


def changes_of_content(truth: Truth) -> list[Json]:
    """Titles, bodies, a new page, comments, files, the trash, a purge, moves."""
    pages = living(truth)
    posts = truth["blog_posts"]
    root = pages[0]
    elsewhere = next(page for page in pages if page["spaceId"] != pages[40]["spaceId"])
    things = truth["custom_content"]
    return [
        {"action": "edit", "id": pages[5]["id"], "title": "Renamed by the test – ünïcode", "body": "<p>New</p>"},
        {"action": "rename", "id": pages[6]["id"], "title": "Only the title"},
        {"action": "edit", "id": posts[0]["id"], "title": "A post, corrected"},
        {"action": "create", "title": "Made between two syncs", "body": "<p>Hello</p>", "spaceId": root["spaceId"]},
        {"action": "addComment", "id": pages[5]["id"], "body": "<p>Agreed</p>"},
        {"action": "deleteComment", "id": truth["comments"][3]["id"]},
        {"action": "addAttachment", "id": pages[5]["id"], "title": "minutes.pdf", "mediaType": "application/pdf"},
        {"action": "purgeAttachment", "id": truth["attachments"][1]["id"]},
        {"action": "trash", "id": pages[20]["id"]},
        {"action": "trash", "id": posts[1]["id"]},
        {"action": "purge", "id": pages[30]["id"]},
        {"action": "move", "id": pages[40]["id"], "spaceId": elsewhere["spaceId"], "parentId": elsewhere["id"]},
        {"action": "archive", "id": pages[50]["id"]},
        {"action": "addCustomContent", "id": pages[7]["id"], "type": things[0]["type"], "title": "A new diagram"},
        {"action": "editCustomContent", "id": things[1]["id"], "title": "A thing, corrected"},
        {"action": "trashCustomContent", "id": things[2]["id"]},
        {"action": "create", "type": "folder", "title": "A new folder", "spaceId": root["spaceId"]},
        {"action": "rename", "id": truth["whiteboards"][0]["id"], "title": "A whiteboard, renamed"},
        {"action": "trash", "id": truth["databases"][-1]["id"]},
        {"action": "rename", "id": truth["embeds"][0]["id"], "title": "An embed, renamed"},
    ]


def changes_beside_content(truth: Truth) -> list[Json]:
    """What hangs on content and makes no version of it: labels, likes, views, properties, versions, tasks, restrictions."""
    pages = living(truth)
    me = {"users": [truth["users"][0]["accountId"]], "groups": []}
    label = truth["content_labels"][0]
    like = truth["likes"][0]
    kept = truth["content_properties"]
    versions = truth["content_versions"]
    latest = {row["contentId"]: row["number"] for row in sorted(versions, key=lambda row: row["number"])}
    old = next(row for row in versions if row["contentType"] == "page" and row["number"] < latest[row["contentId"]])
    return [
        {"action": "addLabel", "id": pages[8]["id"], "name": "made-by-the-test"},
        {"action": "removeLabel", "id": label["contentId"], "name": label["name"], "prefix": label["prefix"]},
        {"action": "unlike", "id": like["contentId"], "accountId": like["accountId"]},
        {"action": "view", "id": pages[8]["id"], "views": 12345, "viewers": 67},
        {"action": "setProperty", "id": pages[8]["id"], "key": "a.key.of.the.test", "value": '{"a":[1,"two",null]}'},
        {"action": "removeProperty", "id": kept[0]["contentId"], "key": kept[0]["key"]},
        {"action": "deleteVersion", "id": old["contentId"], "number": old["number"]},
        {"action": "completeTask", "id": next(task["id"] for task in truth["tasks"] if task["status"] == "incomplete")},
        {"action": "addTask", "id": pages[9]["id"], "body": "Read this"},
        {"action": "removeTask", "id": truth["tasks"][-1]["id"]},
        {"action": "setRestriction", "id": pages[10]["id"], "operation": "update", **me},
    ]


def changes_of_spaces(truth: Truth) -> list[Json]:
    """A new space, permissions, roles, properties, labels, templates, levels."""
    space = truth["spaces"][0]["id"]
    allowed = truth["space_permissions"][-1]
    role = truth["space_role_assignments"][-1]
    kept = truth["space_properties"][0]
    template = next(row for row in truth["templates"] if row.get("spaceId") is not None)
    return [
        {"action": "createSpace", "key": "NEW", "name": "A new space"},
        {"action": "revokePermission", "id": allowed["spaceId"], "permissionId": allowed["id"]},
        {
            "action": "unassignRole",
            "id": role["spaceId"],
            **{name: role[name] for name in ("roleId", "principalType", "principalId")},
        },
        {"action": "addRole", "name": "Reviewer"},
        {"action": "setSpaceProperty", "id": space, "key": "a.key.of.the.test", "value": '"a text"'},
        {"action": "removeSpaceProperty", "id": kept["spaceId"], "key": kept["key"]},
        {"action": "labelSpace", "id": space, "name": "labelled-by-the-test"},
        {"action": "addTemplate", "spaceId": space, "name": "A new template", "body": "<p>Fill this in</p>"},
        {"action": "removeTemplate", "id": template["templateId"]},
        {"action": "addLevel", "name": "Made by the test", "color": "RED"},
    ]


def changes_of_people(truth: Truth) -> list[Json]:
    group = truth["groups"][1]["id"]
    member = next(row for row in truth["group_members"] if row["groupId"] == group)
    return [
        {"action": "renameUser", "id": truth["users"][2]["accountId"], "name": "Another Name"},
        {"action": "addUser", "displayName": "New Colleague"},
        {"action": "renameGroup", "id": group, "name": "renamed-group"},
        {"action": "removeMember", "id": group, "accountId": member["accountId"]},
    ]
