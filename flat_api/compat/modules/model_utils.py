"""`flat_api.model_utils` of 1.0: the names that its models and programs took from there."""

from __future__ import annotations

import io
from datetime import date as date
from datetime import datetime as datetime
from typing import Any

from flat_api.exceptions import ApiAttributeError as ApiAttributeError
from flat_api.exceptions import ApiKeyError as ApiKeyError
from flat_api.exceptions import ApiTypeError as ApiTypeError
from flat_api.exceptions import ApiValueError as ApiValueError
from flat_api.model import Model as Model

none_type = type(None)
file_type = io.IOBase
OpenApiModel = ModelNormal = ModelComposed = Model


def model_to_dict(model_instance: Any, serialize: bool = True) -> dict[str, Any]:
    """A model as a dict, under wire names or (serialize=False) Python names."""
    dumped: dict[str, Any] = model_instance.model_dump(by_alias=serialize)
    return dumped
