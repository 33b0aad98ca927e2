"""A user's program: scores in, out and changed."""

from __future__ import annotations

import sys
from pathlib import Path

import flat_api
from flat_api.sandbox import Sandbox


def import_score(flat: flat_api.FlatClient, path: Path) -> str:
    created = flat.scores.create_score(
        flat_api.ScoreCreationFileImport(
            data=path.read_text(encoding="utf-8"), filename=path.name, privacy=flat_api.ScorePrivacy.PRIVATE
        )
    )
    if isinstance(created, flat_api.Task):
        raise SystemExit(f"The import goes on in the background: task {created.id}.")
    title: str = created.title
    print(title, created.number_measures)
    return created.id


def build_score(flat: flat_api.FlatClient) -> flat_api.ScoreDetails | flat_api.Task:
    return flat.scores.create_score({"title": "Etude", "builderData": {"scoreData": {"instruments": []}}})


def export_score(flat: flat_api.FlatClient, score: str, folder: Path) -> int:
    flat.scores.get_score_revision_data_to_file(score, "last", "midi", folder / "score.mid")
    music = flat.scores.get_score_revision_data(score, "last", "xml")
    return len(music)


def revise(scores: flat_api.ScoreApi, score: str, music: str) -> flat_api.ApiResponse[flat_api.ScoreRevision]:
    answer = scores.create_score_revision_with_http_info(score, flat_api.ScoreRevisionCreation(data=music))
    status: int = answer.status_code
    print(status, answer.data.id, answer.headers.get("X-Request-Id"))
    return answer


def main(path: Path) -> None:
    with Sandbox(port=0) as sandbox, flat_api.FlatClient(sandbox.token, sandbox.url) as flat:
        score = import_score(flat, path)
        print(export_score(flat, score, path.parent))
    configuration = flat_api.Configuration(access_token="token", timeout=(5, 30))
    with flat_api.ApiClient(configuration) as client:
        revise(flat_api.ScoreApi(client), score, path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
