"""Google's APIs from the descriptions that ship with the client; nothing is looked up on the network."""

from __future__ import annotations

import json
from collections.abc import Container
from functools import lru_cache
from typing import Any

from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc

from better_classroom.gateways.methods import METHODS
from better_classroom.gateways.transport import GOOGLE


def service(api: str, version: str, *, target: str, http: Any) -> Any:
    """The root resource of an API, all of whose calls go to the target.

    Keep the resources taken from it (``root.courses().topics()``): making such a chain anew costs four times the
    request itself.
    """
    return build_from_document(_document(api, version, target), http=http)


@lru_cache
def _document(api: str, version: str, target: str) -> str:
    """The description once for all accounts, as text: the client writes into the one that it works with."""
    return json.dumps(document(api, version, target=target))


def document(api: str, version: str, *, target: str) -> dict[str, Any]:
    """An API's description with every address in it pointing to the target, as far as we need it.

    google-apis.md F.3: ``client_options.api_endpoint`` would leave uploads on https and batches with the real Google;
    a rewritten ``rootUrl`` moves calls, uploads and batches alike.
    """
    found: dict[str, Any] = json.loads(get_static_doc(api, version))
    if target != GOOGLE:
        found["rootUrl"] = f"{target}/"
        found["baseUrl"] = found["rootUrl"] + found["servicePath"]
        found.pop("mtlsRootUrl", None)
    # Of what is sent and answered the client reads no more than that it is JSON; the rest is for its help texts, and
    # working those out takes half of each start.
    found["schemas"] = {name: {"id": name, "type": "object"} for name in found["schemas"]}
    return _only(found, METHODS)


def _only(part: dict[str, Any], methods: Container[str]) -> dict[str, Any]:
    """A description without the methods that we never call: the client works out each of the others at every start."""
    kept = dict(part)
    if "methods" in part:
        kept["methods"] = {name: method for name, method in part["methods"].items() if method["id"] in methods}
    if "resources" in part:
        inner = {name: _only(resource, methods) for name, resource in part["resources"].items()}
        kept["resources"] = {name: resource for name, resource in inner.items() if resource.keys() & _HOLDING}
    if not kept.get("methods"):
        kept.pop("methods", None)
    if not kept.get("resources"):
        kept.pop("resources", None)
    return kept


_HOLDING = frozenset({"methods", "resources"})
