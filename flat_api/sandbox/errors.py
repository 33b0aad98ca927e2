"""The errors a call can end with, with their JSON form as the API writes it, and those of a wrong setting."""

from __future__ import annotations

import math
from typing import Any


class ApiError(Exception):
    """An answer other than success.

    Parameters: the HTTP `status`, the API's error `code`, a `message` of one sentence, the
    offending `param` (a parameter name or the dotted path of a body field) and extra headers.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        param: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        self.headers = headers or {}

    def body(self, request_id: str) -> dict[str, Any]:
        """The JSON object of the answer; `request_id` becomes its `id`."""
        found: dict[str, Any] = {"code": self.code, "message": self.message, "id": request_id}
        if self.param is not None:
            found["param"] = self.param
        return found


def not_found(resource: str, identifier: str, param: str | None = None) -> ApiError:
    """404: there is no `resource` (a singular noun such as "score") with this identifier."""
    code = f"{resource.upper().replace(' ', '_')}_NOT_FOUND"
    return ApiError(404, code, f"There is no {resource} {identifier!r}.", param)


def forbidden(message: str, param: str | None = None) -> ApiError:
    """403: the caller lacks a right on something that is visible."""
    return ApiError(403, "INSUFFICIENT_RIGHTS", message, param)


def invalid(param: str, reason: str) -> ApiError:
    """422: the parameter or body field `param` has a wrong value; `reason` completes the sentence."""
    return ApiError(422, "INVALID_PARAMETER", f"{param}: {reason}", param)


def require_number(name: str, value: object, *, least: float, most: float = math.inf, whole: bool = False) -> None:
    """Raises ValueError for a setting that is no number, infinite or out of its limits."""
    kinds = int if whole else int | float
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most or value == math.inf:
        limits = f"{least} or more" if most == math.inf else f"{least} to {most}"
        raise ValueError(f"{name}: must be a {'whole ' if whole else ''}number, {limits}, not {value!r}.")
