"""A user's program: pages, errors, and request models whose fields are absent, null or a value."""

from __future__ import annotations

from collections.abc import Iterator

import flat_api
from flat_api import UNSET, FlatClient, RetryPolicy, ScoreModification
from flat_api.exceptions import ApiException, NotFoundException, RateLimitException, TransportException
from flat_api.models.score_details import ScoreDetails


def titles(flat: FlatClient, collection: str = "allScores") -> Iterator[str]:
    for score in flat_api.paginate(flat.collections.list_collection_scores, collection, limit=50, sort="title"):
        yield score.title


def first_pages(flat: FlatClient) -> list[ScoreDetails]:
    page: flat_api.Page[ScoreDetails] = flat.collections.list_collection_scores("allScores")
    cursor: str | None = page.next_cursor
    following = flat.collections.list_collection_scores("allScores", next=cursor) if cursor else []
    return [*page, *following]


def score_or_none(flat: FlatClient, score: str) -> ScoreDetails | None:
    try:
        return flat.scores.get_score(score, _request_timeout=10)
    except NotFoundException:
        return None
    except RateLimitException as error:
        print(error.status, error.code, error.message)
        raise
    except TransportException as error:
        print("sent" if error.sent else "not sent")
        raise
    except ApiException as error:
        status: int | None = error.status
        request: str | None = error.request_id
        raise SystemExit(f"{status} {request}") from error


def change(composer: str | None, *, rename: str | None) -> ScoreModification:
    changes = ScoreModification(composer=composer, title=UNSET if rename is None else rename)
    changes.subtitle = None
    changes.tags = ["study"]
    if changes.title is not UNSET:
        print(changes.title.upper())
    return changes


def main() -> None:
    with FlatClient(retries=RetryPolicy(attempts=5), timeout=30) as flat:
        for title in titles(flat):
            print(title)
        for score in first_pages(flat):
            flat.scores.edit_score(score.id, change(None, rename=None))
        print(score_or_none(flat, "6500a1b2c3d4e5f601020499"))


if __name__ == "__main__":
    main()
