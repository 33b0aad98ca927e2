"""The credits that pay for recognition: granted, charged, given back, and GET /billing/credits/history."""

from __future__ import annotations

from typing import Any

from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.pages import page
from flat_api.sandbox.store import Document, Store, Where, new_id, now

# Assumed: what a plan includes, and in which order the sources are used.
ALLOWANCE = 30
_SOURCES = ("subscription", "free_tier", "support", "purchase")


def remaining(store: Store, user: str) -> int:
    """The credits that a user has left. Needs a transaction."""
    return sum(_balances(store, user).values())


def grant(store: Store, user: str, amount: int, source: str = "purchase") -> None:
    """Adds credits to the account of a user. Needs a transaction."""
    _balances(store, user)
    _record(store, user, amount, source)


def charge(store: Store, user: str, amount: int, job: str) -> None:
    """Takes the price of a recognition job. Raises ApiError 402 if it is more than there is. Needs a transaction."""
    balances = _balances(store, user)
    total = sum(balances.values())
    if amount > total:
        message = f"The job costs {amount} credits, but the account has {total}."
        raise ApiError(402, "INSUFFICIENT_CREDITS", message)
    for source, balance in balances.items():
        part = min(amount, balance)
        if part > 0:
            _record(store, user, -part, source, feature="omr", job=job)
            amount -= part


def refund(store: Store, user: str, job: str) -> None:
    """Takes back what was charged for a job, if anything was. Needs a transaction."""
    for entry in store.children("credit", user):
        if entry.get("job") == job and entry["state"] == "active":
            store.update("credit", {**entry, "state": "canceled", "modificationDate": now()})


def _balances(store: Store, user: str) -> dict[str, int]:
    """The credits by source; the account of a user is opened at the first look."""
    entries = store.children("credit", user)
    if not entries:
        entries = [_record(store, user, ALLOWANCE, "subscription")]
    balances: dict[str, int] = dict.fromkeys(_SOURCES, 0)
    for entry in entries:
        if entry["state"] == "active":
            balances[entry["source"]] += entry["amount"]
    return balances


def _record(store: Store, user: str, amount: int, source: str, **fields: Any) -> Document:
    date = now()
    entry = {
        "id": new_id(),
        "type": "ai",
        "amount": amount,
        "source": source,
        "state": "active",
        **fields,
        "creationDate": date,
        "modificationDate": date,
    }
    store.insert("credit", entry, parent=user)
    return entry


def list_billing_credits_history(call: Call) -> Answer:
    """GET /billing/credits/history: what was added to the credits and taken from them.

    Documented: one entry a movement, two for a job that draws on two sources; an entry that was taken back
    has the state `canceled` and does not count.
    Assumed: every account begins with 30 credits of its subscription; a job that fails or is canceled
    gets its entries taken back; the newest first.
    """
    with call.store.transaction():
        remaining(call.store, call.user["id"])
    return page(call, "credit", Where("parent = ?", (call.user["id"],)), lambda entry: entry)
