"""A participant made of the Python library alone, told what to send: one JSON command a line in, one JSON event a line out."""

import json
import logging
import sys
from threading import Lock

from shapeshifter_uftp import ShapeshifterCroService, ShapeshifterDsoService, transport, uftp
from shapeshifter_uftp.service.base_service import snake_case

logging.disable(logging.CRITICAL)

settings = json.loads(sys.stdin.readline())
service_of_role = {"DSO": ShapeshifterDsoService, "CRO": ShapeshifterCroService}[settings["role"]]
printing = Lock()


def tell(event):
    """Messages arrive on threads of the service."""
    with printing:
        print(json.dumps(event), flush=True)


class Participant(service_of_role):
    """Hands every received message on, and leaves the answer to whoever steers it; TestMessages it answers itself."""

    def process_test_message(self, message, sender_role):
        super().process_test_message(message, sender_role)
        received(message)


def received(message):
    tell({"received": transport.to_xml(message)})


def hand_on(_self, message):
    received(message)


for kind in service_of_role.acceptable_messages:
    if kind is not uftp.TestMessage:
        setattr(Participant, f"process_{snake_case(kind.__name__)}", hand_on)
Participant.__abstractmethods__ = frozenset()


def name_in_xml(kind):
    return getattr(getattr(kind, "Meta", None), "name", kind.__name__)


kinds = {
    name_in_xml(kind): kind
    for kind in vars(uftp).values()
    if isinstance(kind, type) and issubclass(kind, uftp.PayloadMessage)
}


def send(command):
    kind = kinds[command["send"]]
    message = transport.from_json(json.dumps(command["content"]), kind)
    # The library's clients speak 3.1.0, whatever their service speaks, unless they are told otherwise.
    client = service.agr_client(settings["aggregator"]["domain"], version=settings["version"])
    getattr(client, f"send_{snake_case(kind.__name__)}")(message)
    return transport.to_xml(message)


service = Participant(
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
