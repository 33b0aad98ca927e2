"""Programs of the 1.x client."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

import flat_api
from flat_api.api import account_api, score_api
from flat_api.sandbox import Sandbox

from .test_0x import SCORE, run

PROGRAM = Path(__file__).parent / "programs" / "getting_started_1x.py.txt"


def test_getting_started() -> None:
    program = PROGRAM.read_text(encoding="utf-8")
    with Sandbox() as sandbox:
        assert "Exception when calling AccountApi->get_authenticated_user: 401" in run(program, sandbox.url)
        printed = run(program.replace("YOUR_ACCESS_TOKEN", sandbox.token), sandbox.url)
        assert "music.teacher" in printed
        assert [request.path for request in sandbox.requests] == ["/v2/me", "/v2/me"]


def test_star_imports() -> None:
    names: dict[str, Any] = {}
    exec("from flat_api.apis import *\nfrom flat_api.models import *", names)
    assert names["ScoreApi"] is flat_api.ScoreApi
    assert names["ScoreDetails"] is flat_api.ScoreDetails
    import flat_api.apis as apis  # type: ignore[import-not-found]

    assert apis.account_api is account_api


@pytest.mark.parametrize(
    "options",
    [
        {"_check_input_type": False},
        {"_check_return_type": True},
        {"_spec_property_naming": True},
        {"_return_http_data_only": True},
        {"_preload_content": True, "_check_input_type": True, "_host_index": 0, "_request_timeout": 30},
        {"async_req": False},
    ],
)
def test_call_options(legacy_sandbox: Sandbox, options: dict[str, Any]) -> None:
    configuration = flat_api.Configuration(access_token=legacy_sandbox.token)
    with flat_api.ApiClient(configuration) as client:
        api: Any = score_api.ScoreApi(client)
        before = len(legacy_sandbox.requests)
        assert isinstance(api.get_score(SCORE, **options), flat_api.ScoreDetails)
        assert len(legacy_sandbox.requests) == before + 1


def test_authorization_of_a_call(legacy_sandbox: Sandbox) -> None:
    auth = {"type": "oauth2", "in": "header", "key": "Authorization", "value": f"Bearer {legacy_sandbox.token}"}
    with flat_api.ApiClient(flat_api.Configuration(access_token="wrong")) as client:
        api: Any = account_api.AccountApi(client)
        for options in ({"_request_auths": [auth]}, {"_request_auth": auth}, {"_request_auth": legacy_sandbox.token}):
            assert api.get_authenticated_user(**options).id
        with pytest.raises(flat_api.ApiTypeError, match="Bearer"):
            api.get_authenticated_user(_request_auths=[auth, auth])


def test_default_configuration(legacy_sandbox: Sandbox) -> None:
    flat_api.Configuration.set_default(flat_api.Configuration(access_token=legacy_sandbox.token))
    copied = flat_api.Configuration.get_default_copy()
    copied.access_token = "other"
    assert flat_api.Configuration.get_default().access_token == legacy_sandbox.token
    with flat_api.ApiClient() as client:
        assert account_api.AccountApi(client).get_authenticated_user().id


def test_configuration_has_what_it_had(tmp_path: Path) -> None:
    configuration: Any = flat_api.Configuration(
        "http://127.0.0.1:1",
        api_key={"x": "secret"},
        api_key_prefix={"x": "Token"},
        username="u",
        password="p",
        discard_unknown_keys=True,
        disabled_client_side_validations="",
        server_index=0,
        server_variables={},
    )
    assert configuration.get_api_key_with_prefix("x") == "Token secret"
    assert configuration.get_basic_auth_token() == "Basic dTpw"
    assert configuration.auth_settings() == {}
    assert configuration.get_host_from_settings(0) == "http://127.0.0.1:1"
    assert configuration.get_host_settings()[0]["url"] == "http://127.0.0.1:1"
    assert "Python SDK Debug Report" in configuration.to_debug_report()
    assert configuration.client_side_validation is True
    assert configuration.assert_hostname is None
    assert "secret" not in repr(configuration)
    configuration.api_key["y"] = "2"
    assert configuration.api_key["y"] == "2"
    for name, value in (("assert_hostname", False), ("socket_options", [1]), ("server_index", 1)):
        with pytest.raises(flat_api.ApiValueError, match=name):
            setattr(configuration, name, value)
    with pytest.raises(flat_api.ApiTypeError, match="bogus"):
        flat_api.Configuration(bogus=1)  # type: ignore[call-arg]
    with pytest.raises(AttributeError, match="bogus"):
        configuration.bogus  # noqa: B018
    with pytest.raises(AttributeError, match="no setting 'acces_token'; did you mean 'access_token'"):
        configuration.acces_token = "x"
    assert configuration.access_token is None


def test_debug_and_log_file(tmp_path: Path) -> None:
    logger = logging.getLogger("flat_api")
    before = logger.level, logging.getLogger("urllib3").level
    configuration: Any = flat_api.Configuration(debug=True)
    try:
        configuration.logger_file = str(tmp_path / "log")
        configuration.logger_format = "%(message)s!"
        assert configuration.debug
        assert configuration.logger["package_logger"] is logger
        logger.debug("heard")
        assert (tmp_path / "log").read_text() == "heard!\n"
    finally:
        configuration.logger_file = None
        configuration.debug = False
        logger.setLevel(before[0])
        logging.getLogger("urllib3").setLevel(before[1])


def test_models_as_mappings() -> None:
    body: Any = flat_api.ClassCreation(name="Choir")
    body["section"] = "A"
    assert (body["section"], body.get("size", 3), "size" in body, "bogus" in body) == ("A", 3, False, False)
    body.set_attribute("name", "Band")
    assert body.name == "Band"
    assert flat_api.ClassCreation.openapi_types["name"] == "str"
    assert flat_api.ClassCreation.required_properties == {"name"}
    with pytest.raises(KeyError):
        body["size"]
    with pytest.raises(AttributeError):
        body["bogus"] = 1
    with pytest.warns(DeprecationWarning, match="return_"):
        update: Any = flat_api.AssignmentSubmissionUpdate(_return=True)  # type: ignore[call-arg]
    with pytest.warns(DeprecationWarning, match="return_"):
        update._return = False
    assert update.to_dict() == {"return": False}
