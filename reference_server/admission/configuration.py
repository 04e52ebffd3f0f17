"""Which webhooks are asked about which changes, from a file."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from reference_server.documents import Reader, load_document
from reference_server.resources import RESOURCES

OPERATIONS = ("CREATE", "UPDATE", "DELETE")
ANY = "*"


@dataclass(frozen=True)
class WebhookRule:
    """Which changes a webhook is asked about.

    Args:
        operations: ``CREATE``, ``UPDATE`` (also patches), ``DELETE`` or ``*``.
        resources: plural names, or ``*``.
    """

    operations: tuple[str, ...]
    resources: tuple[str, ...]

    def covers(self, operation: str, resource: str) -> bool:
        """Tell whether the webhook is asked."""
        wanted = ANY in self.operations or operation in self.operations
        return wanted and (ANY in self.resources or resource in self.resources)


@dataclass(frozen=True)
class Webhook:
    """One webhook.

    Args:
        name: for errors, the audit log and traces.
        url: where it listens.
        timeout_seconds: how long it may take.
        fail_open: whether a change goes on when the webhook cannot be reached (``failurePolicy: Ignore``).
        rules: when it is asked.
    """

    name: str
    url: str
    timeout_seconds: float
    fail_open: bool
    rules: tuple[WebhookRule, ...]

    def covers(self, operation: str, resource: str) -> bool:
        """Tell whether the webhook is asked about this change."""
        return any(rule.covers(operation, resource) for rule in self.rules)


@dataclass(frozen=True)
class AdmissionConfiguration:
    """All webhooks; mutating ones are asked first, one after another, each seeing what the ones before it changed."""

    mutating: tuple[Webhook, ...] = ()
    validating: tuple[Webhook, ...] = ()


def load_admission(path: str) -> AdmissionConfiguration:
    """Return the webhooks in an admission file.

    ::

        apiVersion: reference-server/v1
        kind: AdmissionConfiguration
        mutatingWebhooks:
          - name: label.example.com
            url: http://127.0.0.1:9443/mutate
            timeoutSeconds: 5          # 1 to 30, 10 if left out
            failurePolicy: Fail        # or Ignore
            rules:
              - operations: [CREATE, UPDATE]
                resources: [configmaps]
        validatingWebhooks: []

    Raises:
        StartupError: the file has problems; it lists them all.
    """
    return load_document(path, "AdmissionConfiguration", _read_configuration)


def _read_configuration(reader: Reader) -> AdmissionConfiguration:
    return AdmissionConfiguration(
        mutating=reader.maps("mutatingWebhooks", _read_webhook),
        validating=reader.maps("validatingWebhooks", _read_webhook),
    )


def _read_webhook(reader: Reader) -> Webhook:
    webhook = Webhook(
        name=reader.text("name"),
        url=reader.text("url"),
        timeout_seconds=reader.number("timeoutSeconds", default=10, least=1, most=30),
        fail_open=reader.text("failurePolicy", default="Fail", allowed=["Fail", "Ignore"]) == "Ignore",
        rules=reader.maps("rules", _read_rule),
    )
    parts = urlsplit(webhook.url)
    if webhook.url and (parts.scheme not in ("http", "https") or not parts.hostname):
        reader.wrong("url", f"{webhook.url!r} is not a URL such as https://webhook.example.com/mutate")
    if not webhook.rules:
        reader.wrong("rules", "is empty, so the webhook would never be asked; give operations and resources")
    return webhook


def _read_rule(reader: Reader) -> WebhookRule:
    rule = WebhookRule(
        operations=reader.texts("operations", allowed=(*OPERATIONS, ANY)),
        resources=reader.texts("resources", allowed=(*(resource.plural for resource in RESOURCES), ANY)),
    )
    for field, values in (("operations", rule.operations), ("resources", rule.resources)):
        if not values:
            reader.wrong(field, f'is empty; name some or write {field}: ["*"]')
    return rule
