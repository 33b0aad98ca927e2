"""The error names of flat_api 2.0, as aliases of those in `flat_api.exceptions`."""

from __future__ import annotations

from flat_api.exceptions import (
    ApiException,
    ForbiddenException,
    InvalidRequestException,
    NotFoundException,
    PaymentRequiredException,
    RateLimitException,
    ServiceException,
    UnauthorizedException,
)

FlatError = ApiException
FlatAuthenticationError = UnauthorizedException
FlatAuthorizationError = ForbiddenException
FlatNotFoundError = NotFoundException
FlatQuotaError = PaymentRequiredException
FlatRateLimitError = RateLimitException
FlatServerError = ServiceException
FlatValidationError = InvalidRequestException
