"""A remote producer as a source: asked over SOAP, its failures told as outcomes.

`envelope` frames the question (the only importer of zeep), `transport` carries it (the only importer
of aiohttp), `interpret` judges what came back and touches neither, `remote` puts them together.
"""

from riv_careplans.consumer.remote import RemoteSource

__all__ = ["RemoteSource"]
