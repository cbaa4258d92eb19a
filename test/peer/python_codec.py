"""The Python library as a long-lived counterpart: one JSON command a line in, one JSON answer a line out."""

import json
import logging
import sys
import time
from base64 import b64decode, b64encode

from nacl.bindings import crypto_sign_seed_keypair
from shapeshifter_uftp import transport
from shapeshifter_uftp.uftp import SignedMessage

logging.disable(logging.CRITICAL)

public, secret = (b64encode(key).decode() for key in crypto_sign_seed_keypair(bytes(range(32))))


def read(wire: bytes):
    """Envelope, signature, payload: what the library's service does before it calls a handler."""
    envelope = transport.from_xml(wire)
    return transport.unseal_message(envelope.body, public)


def write(message) -> bytes:
    body = transport.seal_message(message, secret)
    envelope = SignedMessage(sender_domain=message.sender_domain, sender_role="DSO", body=body)
    return transport.to_xml(envelope).encode()


def timed(step, seconds: float):
    """How often a step is done in about the given time."""
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        step()
        count += 1
    return count / elapsed


def answer(command):
    wire = b64decode(command["wire"])
    if command["do"] == "return":
        message = read(wire)
        return {"type": type(message).__name__, "wire": b64encode(write(message)).decode()}
    if command["do"] == "time read":
        return {"rate": timed(lambda: read(wire), command["seconds"])}
    message = read(wire)
    return {"rate": timed(lambda: write(message), command["seconds"])}


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # noqa: BLE001 - every failure is an answer
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)
