"""A DSO made of the Python library alone, told what to send: one JSON command a line in, one JSON event a line out."""

import json
import logging
import sys
from threading import Lock

from shapeshifter_uftp import ShapeshifterDsoService, transport, uftp
from shapeshifter_uftp.service.base_service import snake_case

logging.disable(logging.CRITICAL)

settings = json.loads(sys.stdin.readline())
printing = Lock()


def tell(event):
    """Messages arrive on threads of the service."""
    with printing:
        print(json.dumps(event), flush=True)


class DSO(ShapeshifterDsoService):
    """Hands every received message on, and leaves the answer to whoever steers it; TestMessages it answers itself."""

    def process_test_message(self, message, sender_role):
        super().process_test_message(message, sender_role)
        received(message)


def received(message):
    tell({"received": transport.to_xml(message)})


def hand_on(_self, message):
    received(message)


for kind in ShapeshifterDsoService.acceptable_messages:
    if kind is not uftp.TestMessage:
        setattr(DSO, f"process_{snake_case(kind.__name__)}", hand_on)
DSO.__abstractmethods__ = frozenset()


def send(command):
    kind = getattr(uftp, command["send"])
    message = transport.from_json(json.dumps(command["content"]), kind)
    # The library's clients speak 3.1.0, whatever their service speaks, unless they are told otherwise.
    client = service.agr_client(settings["aggregator"]["domain"], version=settings["version"])
    getattr(client, f"send_{snake_case(command['send'])}")(message)
    return transport.to_xml(message)


service = DSO(
    settings["domain"],
    settings["signingKey"],
    key_lookup_function=lambda domain, role: settings["aggregator"]["publicKey"],
    endpoint_lookup_function=lambda domain, role: settings["aggregator"]["endpoint"],
    host="127.0.0.1",
    port=settings["port"],
    version=settings["version"],
)
with service:
    tell({"ready": True})
    for line in sys.stdin:
        try:
            tell({"sent": send(json.loads(line))})
        except Exception as error:  # noqa: BLE001 - every failure is an answer
            tell({"failed": f"{type(error).__name__}: {error}"})
