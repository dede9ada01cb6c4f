"""The methods of Sheets, by Google's method id; those that are not here answer 501 and name themselves."""

from __future__ import annotations

from better_classroom.sandbox.handler import Handler
from better_classroom.sandbox.sheets import requests, spreadsheets, values

HANDLERS: dict[str, Handler] = {**requests.HANDLERS, **spreadsheets.HANDLERS, **values.HANDLERS}
