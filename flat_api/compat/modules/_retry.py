"""`flat_api._retry` of 2.x."""

from flat_api.retry import RetryPolicy as RetryPolicy
