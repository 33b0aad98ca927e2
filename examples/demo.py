"""Import a real score into a local Flat API, list it, rename it, revise it, and export it.

python examples/demo.py [FOLDER]
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import flat_api
from flat_api.sandbox import Sandbox

EXPORTS = {"xml": "musicxml", "midi": "mid", "thumbnail.png": "png", "wav": "wav", "mp3": "mp3"}
"""Format of the API -> ending of the file."""


def main(folder: Path) -> None:
    canon = (files("flat_api.sandbox") / "demo_scores" / "tallis_canon.musicxml").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    with Sandbox(port=0) as sandbox, flat_api.FlatClient(sandbox.token, sandbox.url) as flat:
        print(f"A local Flat API runs at {sandbox.url}.")
        me = flat.account.get_authenticated_user()
        print(f"The token belongs to {me.username}.")

        score = flat.scores.create_score(flat_api.ScoreCreationFileImport(data=canon, filename="canon.musicxml"))
        if not isinstance(score, flat_api.ScoreDetails):
            raise SystemExit("The import runs in the background, which no MusicXML file should.")
        print(f"Imported {score.title!r} by {score.composer}: {', '.join(score.instruments_names)};")
        print(f"  {score.number_measures} measures, {score.main_tempo_qpm} quarter notes a minute.")

        score = flat.scores.edit_score(score.id, flat_api.ScoreModification(title="Tallis’s Canon, for the choir"))
        for listed in flat_api.paginate(flat.collections.list_collection_scores, "allScores", limit=50):
            print(f"In the library: {listed.title!r}, {listed.duration_time} s long.")

        revised = canon.replace("Tallis’s Canon", "Tallis’s Canon (revised)")
        revision = flat.scores.create_score_revision(
            score.id, flat_api.ScoreRevisionCreation(data=revised, description="Another heading")
        )
        print(f"Added revision {revision.id}: {revision.description}.")

        for form, ending in EXPORTS.items():
            path = folder / f"canon.{ending}"
            flat.scores.get_score_revision_data_to_file(score.id, "last", form, path)
            print(f"Exported {path} ({path.stat().st_size:,} bytes).")
        same = (folder / "canon.musicxml").read_text(encoding="utf-8") == revised
        print(f"The MusicXML that came back is {'what went in' if same else 'NOT what went in'}.")
        if not same:
            raise SystemExit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-output"))
