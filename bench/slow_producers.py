"""Producers that answer one plan after 200 ms: `python -m bench.slow_producers 50` has fifty.

Prints its ports when it listens and ends when its standard input closes. A process of its own, so that
its CPU time is not counted as the caller's.
"""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web

from bench.plans import answer_document, care_plan
from riv_careplans.contracts.soap import SOAP_11

_DELAY = 0.2


async def _serve(count: int) -> None:
    document = answer_document([care_plan(1)])
    body = f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body>'.encode() + document + b"</s:Body></s:Envelope>"

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(_DELAY)
        return web.Response(body=body, headers={"Content-Type": "text/xml; charset=UTF-8"})

    application = web.Application()
    application.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    for _ in range(count):
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(*(address[1] for address in runner.addresses), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
