"""Publish a programme of seminars through Google Classroom, and bring the questions to the experts."""

__version__ = "0.1.0"
