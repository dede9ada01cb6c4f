"""Refusals of Sheets: Classroom's envelope without reasons (google-apis.md B.1), in the words seen in the field."""

from __future__ import annotations

from better_classroom.sandbox.errors import ApiError, invalid_argument


def unreadable_range(text: str) -> ApiError:
    """400: no such sheet, or no A1 notation; Sheets does not say which."""
    return invalid_argument(f"Unable to parse range: {text}")


def beyond_grid(shown: str, rows: int, columns: int) -> ApiError:
    """400: the range begins, or for a write ends, outside the sheet."""
    return invalid_argument(f"Range ({shown}) exceeds grid limits. Max rows: {rows}, max columns: {columns}")


def too_many_cells() -> ApiError:
    """400: the ten millionth cell is the last."""
    return invalid_argument(
        "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
    )


def protected() -> ApiError:
    """400: somebody else's protected range."""
    return invalid_argument(
        "You are trying to edit a protected cell or object. "
        "Please contact the spreadsheet owner to remove protection if you need to edit."
    )


def not_reproduced(what: str) -> ApiError:
    """501: Sheets has this, the sandbox has not, and says so rather than act as if."""
    return ApiError(501, "UNIMPLEMENTED", f"This sandbox does not reproduce {what}.")


def at(place: str, error: ApiError) -> ApiError:
    """The same refusal with the place of the request or range at fault before it."""
    message = error.message if error.code == 501 else f"Invalid {place}: {error.message}"  # noqa: PLR2004 - ours
    return ApiError(error.code, error.status, message)
