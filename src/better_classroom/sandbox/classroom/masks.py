"""Update masks: which fields a patch is about.

google-apis.md A.4: discovery lists the fields in snake_case, official samples use camelCase; both are taken.
Unknown, and taken on the strict side: ``*`` and paths into a field (``dueDate.year``) are refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from better_classroom.sandbox.errors import invalid_argument

_UNDERSCORE = re.compile(r"_([a-z0-9])")


def parse(mask: str | None, allowed: Collection[str], *, ignored: Collection[str] = ()) -> list[str]:
    """The fields of a mask by their JSON names, each once, in the order given; ``ignored`` ones are left out.

    Raises 400 INVALID_ARGUMENT for a mask that is missing or empty, or that names any other field.
    """
    names = [_camel(part.strip()) for part in (mask or "").split(",") if part.strip()]
    if not names:
        # google-apis.md A.1, G.4: a missing mask is INVALID_ARGUMENT, never "all fields"
        raise invalid_argument("The update mask is required.")
    for name in names:
        if name not in allowed and name not in ignored:
            # google-apis.md 0.2: the live text, met with `materials` in the mask
            raise invalid_argument("Non-supported update mask fields specified")
    return [name for name in dict.fromkeys(names) if name not in ignored]


def _camel(name: str) -> str:
    return _UNDERSCORE.sub(lambda found: found.group(1).upper(), name)
