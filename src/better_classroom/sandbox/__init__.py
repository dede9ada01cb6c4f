"""A strict stand-in for the used part of Google Classroom, Drive and OAuth, for rehearsals and tests.

It imports nothing of the application, and nothing of Google's client but the discovery documents that the client
ships as data: the judge must not share the misunderstandings of the accused (docs/sandbox.md).
"""
