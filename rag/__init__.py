"""A question comes in, a cited answer goes out."""

from rag.answer import Answer, Citation, Claim
from rag.assistant import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Claim"]
