"""A user's program with mistakes: a type checker must complain about each marked line, and about no other."""

from __future__ import annotations

import flat_api
from flat_api.models import ScoreDetials  # mistake

print(ScoreDetials)
flat = flat_api.FlatClient("token", 7)  # mistake
flat.score.get_score("s")  # mistake
flat.scores.get_scores("s")  # mistake
flat.scores.get_score()  # mistake
flat.scores.get_score(7)  # mistake
flat.scores.get_score("s", sharing_kye="k")  # mistake
flat.scores.get_score("s", _request_timeout="soon")  # mistake

score = flat.scores.get_score("s")
print(score.titel)  # mistake
print(score.subtitle.upper())  # mistake

flat_api.ScoreModification(titel="Etude")  # mistake
flat_api.ScoreModification(title=None)  # mistake
flat_api.ScoreModification(subtitle=None)
flat_api.ScoreModification("Etude")  # mistake
flat_api.ScoreCreationFileImport(filename="etude.mid")  # mistake

created = flat.scores.create_score({"title": "Etude"})
print(created.title)  # mistake
flat.scores.edit_score("s", flat_api.CollectionModification(title="Etudes"))  # mistake

for listed in flat_api.paginate(flat.collections.list_collection_scores, "allScores"):
    print(listed.titel)  # mistake
flat_api.paginate(flat.scores.get_score, "s")  # mistake

try:
    flat.scores.get_score("s")
except flat_api.NotFoundException as error:
    print(error.statuscode)  # mistake
