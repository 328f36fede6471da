"""A question comes in, a cited answer goes out."""

from rag.answer import Answer, Citation, Claim
from rag.assistant import Assistant
from rag.explain import Explanation

__all__ = ["Answer", "Assistant", "Citation", "Claim", "Explanation"]
