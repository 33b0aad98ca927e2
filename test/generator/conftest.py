"""A package generated from a contract that is not ours, made once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

import generator
from generator.__main__ import main

FOREIGN = Path(__file__).with_name("foreign.yaml")


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the package petstore_api."""
    output = tmp_path_factory.mktemp("foreign")
    generator.copy_core(output, "petstore_api")
    assert main(["--spec", str(FOREIGN), "--package", "petstore_api", "--output", str(output)]) == 0
    return output
