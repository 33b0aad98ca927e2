"""What the programs of the guides find: an account, a class with work in it, and files in the current folder."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

import flat_api
from flat_api.sandbox import Sandbox

ADMIN = "6500a1b2c3d4e5f601020303"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PAGE = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox with one score in it; the two variables lead there."""
    with Sandbox(port=0) as sandbox:
        monkeypatch.setenv("FLAT_API_HOST", sandbox.url)
        monkeypatch.setenv("FLAT_ACCESS_TOKEN", sandbox.token)
        monkeypatch.chdir(tmp_path)
        canon = (files("flat_api.sandbox") / "demo_scores" / "tallis_canon.musicxml").read_text(encoding="utf-8")
        with flat_api.FlatClient() as flat:
            flat.scores.create_score(flat_api.ScoreCreationFileImport(data=canon))
        (tmp_path / "canon.musicxml").write_text(canon, encoding="utf-8")
        (tmp_path / "scan.pdf").write_bytes(PDF + PAGE)
        yield sandbox
        flat_api.ApiClient.set_default(None)
        flat_api.Configuration.set_default(None)


@pytest.fixture
def admin_token(sandbox: Sandbox) -> str:
    """A token of the organization's administrator."""
    return sandbox.issue_token(user=ADMIN)


@pytest.fixture
def class_with_work(sandbox: Sandbox, admin_token: str) -> None:
    """A class whose one student has handed in the work of an assignment."""
    with flat_api.FlatClient() as teacher, flat_api.FlatClient(admin_token) as admin:
        student = admin.organization.create_organization_user(
            flat_api.UserCreation(username="student.one", password="for the test", firstname="Student")
        )
        choir = teacher.classes.create_class(flat_api.ClassCreation(name="Choir"))
        teacher.classes.activate_class(choir.id)
        teacher.classes.add_class_user(choir.id, student.id)
        assignment = teacher.classes.create_class_assignment(
            choir.id, flat_api.ClassAssignmentUpdate(title="A second voice", state="active", max_points=20)
        )
        with flat_api.FlatClient(sandbox.issue_token(user=student.id)) as flat:
            work = flat_api.AssignmentSubmissionUpdate(attachments=[], submit=True)
            flat.classes.create_submission(choir.id, assignment.id, work)
