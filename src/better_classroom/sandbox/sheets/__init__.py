"""Google Sheets: spreadsheets, their cells, and what an expert does to a board by hand.

A spreadsheet is a file of the sandbox's Drive: one store, one list of permissions, one ``version``. ``handlers.py``
has the table of methods; this module imports nothing, since Drive copies spreadsheets and Sheets opens Drive's files.

Unknown (google-apis.md E.1 does not tell), and taken on the strict side, by module:

- ``ranges``: a sheet is found by its title in exact spelling; two titles that differ in case alone are refused.
- ``values``: an update that would reach beyond the grid is refused; only ``append`` grows it, as documented. A cell
  whose drop-down is strict takes nothing else. 50,000 characters are counted in UTF-16 units.
- ``typed``: what begins with ``=``, ``+``, ``-`` or ``@`` and is no number becomes a formula, unless the cell is plain
  text. Dates are read as the locale writes them, and as ISO 8601.
- ``computing``: arithmetic, references and a few functions are computed; every other formula stays ``Loading...``,
  Google's own word for a value that is not there yet. References are not rewritten when rows or columns move.
- ``tables``: an empty column parts tables as an empty row does; of two that end in one row, the right one is the last.
- ``growth``: rows that ``append`` adds at the end of a sheet carry no format and no drop-down.
- ``protection``: who is no editor of a protected range is refused with 400, as seen in the field.
- ``opening``: a file that exists and is not shared is 403; one that the app may not see (``drive.file``) is 404.
"""
