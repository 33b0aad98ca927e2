"""A program on the package generated from foreign.yaml, run as `python foreign_program.py URL`; it asserts."""

from __future__ import annotations

import datetime
import pickle
import sys
from typing import Any

import msgspec
import petstore_api
from petstore_api import DefaultApi, Model9PhotosApi, PetsOwnersApi, models

client = petstore_api.ApiClient(petstore_api.Configuration(sys.argv[1], retries=0, strict=True))
pets, photos, rest = PetsOwnersApi(client), Model9PhotosApi(client), DefaultApi(client)


def last() -> Any:
    """The last request, as the server saw it."""
    return client.call(
        petstore_api.operation.Operation("last", "GET", "/last", answers={200: lambda: Any}), (), {}
    ).data


# Reserved words, lists written in both ways, a header list; the dog inherits nothing it could not, and has it all.
dog = pets.get_pet(
    "a/b",
    7,
    models.Status.NOT_AVAILABLE,
    import_=True,
    list=["x y", "z"],
    async_=[1, 2],
    self_=datetime.date(2026, 3, 14),
    options_="o",
    x_ids=["1", "2"],
)
seen = last()
assert seen["target"] == (
    "/pets/a%2Fb/7?None=not%20available&import=true&list=x%20y&list=z&async=1,2&self=2026-03-14&options=o"
), seen
assert seen["headers"]["x-ids"] == "1,2", seen
assert isinstance(dog, models.Dog)
assert (dog.class_, dog.none, dog.list, dog.date) == ("animal", 3, ["a"], datetime.date(2026, 3, 14)), dog
assert (dog.value_1st, dog.type, dog.x_odd, dog.to_dict_) == ("first", "t", "odd", "d"), dog
assert dog.status is models.Status.AVAILABLE_2
assert not models.Status("sold").is_known
assert dog.level is models.Level.VALUE_MINUS_1
assert isinstance(dog.friend, models.Dog)
assert isinstance(dog.home, models.PetHome)
assert "1234" not in repr(dog)
assert pickle.loads(pickle.dumps(dog)) == dog

# Bodies: a list of models, a list of dicts by Python names, a file.
pet = models.Pet(name="Rex", class_="dog", from_=None, photo=b"\x00\x01\x02")
assert [type(one) for one in pets.create_pets([pet])] == [models.Pet]
assert last()["json"] == [{"name": "Rex", "class": "dog", "from": None, "photo": "AAEC"}], last()
pets.create_pets([{"name": "Rex", "class_": "dog", "x_odd": "?"}])
assert last()["json"] == [{"name": "Rex", "class": "dog", "x-odd": "?"}], last()
assert photos.upload_photo("x.png", b"\x89PNG\x00") is None
assert (last()["hex"], last()["headers"]["content-type"]) == ("89504e4700", "application/octet-stream"), last()
assert photos.download_photo("x.png") == b"\x89PNG\x00"
assert pets.count_pets() == 3
page = pets.page_pets()
assert (page.next_cursor, [one.name for one in page]) == ("c==", ["Rex"])

# Families: by discriminator, by fields, one inside the other.
figure = rest.draw_figure(figure=models.Figure(text="A circle"))
assert last()["json"] == {"text": "A circle"}, last()
assert isinstance(figure, models.Circle)
assert isinstance(figure, models.Shape)
assert isinstance(figure.inside, models.Caption)
assert isinstance(rest.get_figures()["one"], models.Square)

# Unions of plain values; a lone 204.
odd = rest.patch_odd({"value": 1.5, "many": ["a"]})
assert isinstance(odd, models.Odd)
assert (odd.value, odd.mixed, odd.counts) == ("text", 1, {"a": 1}), odd
assert odd.tree is not None
assert odd.tree.json == ["deep", ["deeper"]], odd
assert isinstance(odd.page, models.PageModel)
assert isinstance(odd.import_, models.ImportModel)

for name in models.__all__:
    msgspec.json.Decoder(getattr(models, name), dec_hook=lambda kind, value: value)
print("done")
