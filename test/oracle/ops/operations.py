"""What receivers of notifications and scrapers of metrics read: Standard Webhooks, CloudEvents, Prometheus' text format."""

from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from prometheus_client.parser import text_string_to_metric_families
from standardwebhooks.webhooks import Webhook


def receive(secret, headers, body):
    """The attributes and data of a signed event; raises where the signature, its time or the event is wrong."""
    Webhook(secret).verify(body, headers)
    return receive_unsigned(headers, body)


def receive_unsigned(headers, body):
    event = from_structured_event(HTTPMessage(headers, body.encode()))
    return {
        **{name: str(value) for name, value in event.get_attributes().items()},
        "data": event.get_data(),
    }


def metrics(text):
    """The samples of a text file, each family with its type and help."""
    return [
        {
            "name": family.name,
            "type": family.type,
            "help": family.documentation,
            "samples": [
                {"name": sample.name, "labels": dict(sample.labels), "value": float(sample.value)}
                for sample in family.samples
            ],
        }
        for family in text_string_to_metric_families(text)
    ]
