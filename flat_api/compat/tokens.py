"""TokenManager of 2.x: an access token that is renewed when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flat_api.exceptions import TokenRefreshException
from flat_api.tokens import Tokens

if TYPE_CHECKING:
    from flat_api.configuration import Configuration
    from flat_api.oauth import OAuth2Helper


class TokenManager:
    """Keeps the tokens of a program.

    Args:
        tokens: What the token endpoint gave.
        helper: Renews them; without one they are used as they are.
        on_token_refresh: Called with the new `Tokens` after each refresh, to store them.
    """

    def __init__(
        self,
        tokens: Tokens,
        helper: OAuth2Helper | None = None,
        on_token_refresh: Callable[[Tokens], object] | None = None,
    ) -> None:
        self.tokens = tokens
        self.helper = helper
        self.on_token_refresh = on_token_refresh

    @property
    def access_token(self) -> str:
        """The access token, renewed first when it has ended and there is a way to."""
        if self.tokens.expired and self.helper is not None and self.tokens.refresh_token:
            return self.refresh()
        return self.tokens.access_token

    def refresh(self) -> str:
        """Renew the tokens; gives the new access token.

        Raises:
            TokenRefreshException: there is no refresh token or no helper, or the refresh token was refused.
        """
        if self.helper is None or not self.tokens.refresh_token:
            raise TokenRefreshException(message="A refresh needs an OAuth2Helper and a refresh token.")
        self.tokens = self.helper.refresh(self.tokens.refresh_token)
        if self.on_token_refresh is not None:
            self.on_token_refresh(self.tokens)
        return self.tokens.access_token


class ClientTokens(TokenManager):
    """The tokens of a client: what the client renews is seen here, and the other way round."""

    def __init__(self, configuration: Configuration, helper: OAuth2Helper | None) -> None:
        self._configuration = configuration
        super().__init__(_tokens_of(configuration), helper, configuration.on_token_refresh)

    @property
    def tokens(self) -> Tokens:
        """The tokens of the client as they are now."""
        return _tokens_of(self._configuration)

    @tokens.setter
    def tokens(self, value: Tokens) -> None:
        self._configuration.access_token = value.access_token
        self._configuration.refresh_token = value.refresh_token
        self._configuration.token_expires_at = value.expires_at


def _tokens_of(configuration: Configuration) -> Tokens:
    return Tokens(configuration.access_token or "", configuration.refresh_token, configuration.token_expires_at)
