"""Every span this server may emit.

The span of a whole request and those of outgoing HTTP calls come with the facade's adapters; these are the others, with
the name that Kubernetes' API server gives to the same work.

===========================  ====================================================
here                         kube-apiserver
===========================  ====================================================
authentication               authentication (there in another trace)
authorization                authorization (there it lasts until the response)
handler.get                  Get
handler.list                 List
handler.create               Create
handler.update               Update
handler.patch                Patch
handler.delete               Delete
admission.mutating_webhook   Call mutating webhook
admission.validating_webhook Call validating webhook
storage.get                  cacher.Get, Get etcd3
storage.list                 cacher.GetList, List(recursive=true) etcd3
storage.create               Create etcd3
storage.update               GuaranteedUpdate etcd3
storage.delete               (none)
response.serialize           SerializeObject
===========================  ====================================================
"""

from __future__ import annotations

from tracing_facade import AttributeSpec, EventSpec, SpanSpec, Stability

AUDIT_ID = AttributeSpec(
    "apiserver.audit_id",
    requirement="required",
    stability=Stability.STABLE,
    brief="Identifies the request in the audit log.",
)
VERB = AttributeSpec(
    "apiserver.verb",
    values=("get", "list", "create", "update", "patch", "delete"),
    requirement="required",
    stability=Stability.STABLE,
    brief="What the request does.",
)
API_GROUP = AttributeSpec(
    "apiserver.api_group",
    requirement="required",
    stability=Stability.STABLE,
    brief="The API group; empty for the core group.",
)
API_VERSION = AttributeSpec(
    "apiserver.api_version",
    requirement="required",
    stability=Stability.STABLE,
    brief="The API version.",
)
RESOURCE = AttributeSpec(
    "apiserver.resource",
    requirement="required",
    stability=Stability.STABLE,
    brief="Plural name of the resource.",
)
SCOPE = AttributeSpec(
    "apiserver.scope",
    values=("resource", "namespace", "cluster"),
    requirement="required",
    stability=Stability.STABLE,
    brief="What the request reaches: one object, a namespace, or all of the cluster.",
)
NAMESPACE = AttributeSpec.convention(
    "k8s.namespace.name",
    requirement="conditionally_required",
    brief="The namespace of the request, if it has one.",
)
NAME = AttributeSpec(
    "apiserver.name",
    requirement="conditionally_required",
    stability=Stability.STABLE,
    brief="The name of the object, if the request is about one.",
)
CONTENT_TYPE = AttributeSpec(
    "apiserver.request.content_type",
    requirement="conditionally_required",
    stability=Stability.BETA,
    brief="Media type of the request body, if there is one.",
)
ITEMS = AttributeSpec("apiserver.items", int, stability=Stability.BETA, brief="Objects in the answer to a list.")

USER_KNOWN = AttributeSpec(
    "authentication.user_known",
    bool,
    requirement="required",
    stability=Stability.BETA,
    brief="Whether the caller could be identified.",
)
DECISION = AttributeSpec(
    "authorization.decision",
    values=("allow", "deny"),
    requirement="required",
    stability=Stability.BETA,
    brief="What the rules say.",
)
WEBHOOK_NAME = AttributeSpec(
    "admission.webhook.name",
    requirement="required",
    stability=Stability.BETA,
    brief="Name of the webhook in the admission configuration.",
)
WEBHOOK_ALLOWED = AttributeSpec(
    "admission.webhook.allowed",
    bool,
    requirement="conditionally_required",
    stability=Stability.BETA,
    brief="What the webhook answered, if it did.",
)
WEBHOOK_PATCHED = AttributeSpec(
    "admission.webhook.patched",
    bool,
    requirement="conditionally_required",
    stability=Stability.BETA,
    brief="Whether the webhook changed the object, if it answered.",
)
WEBHOOK_IGNORED = AttributeSpec(
    "admission.webhook.failure_ignored",
    bool,
    requirement="conditionally_required",
    stability=Stability.BETA,
    brief="The call failed and failurePolicy is Ignore.",
)
STORAGE_KEY = AttributeSpec("storage.key", requirement="required", brief="Which object: resource/namespace/name.")
STORAGE_DRY_RUN = AttributeSpec(
    "storage.dry_run", bool, requirement="conditionally_required", brief="The change is only tried."
)
STORAGE_ITEMS = AttributeSpec("storage.items", int, brief="Objects found.")
MEDIA_TYPE = AttributeSpec("response.media_type", requirement="required", brief="Media type of the answer.")
SIZE = AttributeSpec("response.size", int, requirement="required", brief="Bytes of the answer.")

BODY_READ = EventSpec(
    "request.body.read",
    stability=Stability.BETA,
    brief="The body is in memory (Kubernetes: limitedReadBody succeeded).",
)
OBJECT_DECODED = EventSpec(
    "object.decoded",
    stability=Stability.BETA,
    brief="The body is an object that may be stored (Conversion done).",
)
OPTIONS_DECODED = EventSpec("delete.options.decoded", brief="(Decoded delete options.)")
PATCH_APPLIED = EventSpec(
    "patch.applied",
    stability=Stability.BETA,
    brief="The patch was applied to the stored object (About to apply patch).",
)
ADMISSION_PASSED = EventSpec(
    "admission.passed",
    stability=Stability.BETA,
    brief="Every webhook agreed (About to store object in database).",
)
OBJECT_STORED = EventSpec(
    "object.stored",
    stability=Stability.STABLE,
    brief="The change is durable (Write to database call succeeded).",
)
OBJECT_DELETED = EventSpec(
    "object.deleted",
    stability=Stability.STABLE,
    brief="The object is gone (Object deleted from database).",
)
OBJECTS_LISTED = EventSpec("objects.listed", brief="(Listing from storage done.)")
CHANGED_MEANWHILE = EventSpec("object.changed_meanwhile", brief="Another change came first; the work is done again.")

AUTHENTICATION = SpanSpec(
    "authentication",
    attributes=(USER_KNOWN,),
    stability=Stability.BETA,
    brief="Find out who is asking.",
)
AUTHORIZATION = SpanSpec(
    "authorization",
    attributes=(DECISION,),
    stability=Stability.BETA,
    brief="Find out whether they may.",
)

GET = SpanSpec(
    "handler.get",
    attributes=(VERB, API_GROUP, API_VERSION, RESOURCE, SCOPE, NAMESPACE, NAME, AUDIT_ID, CONTENT_TYPE),
    slow_after=0.5,
    stability=Stability.STABLE,
    brief="Answer with one object.",
)
LIST = SpanSpec(
    "handler.list",
    attributes=(VERB, API_GROUP, API_VERSION, RESOURCE, SCOPE, NAMESPACE, AUDIT_ID, CONTENT_TYPE, ITEMS),
    events=(OBJECTS_LISTED,),
    slow_after=0.5,
    stability=Stability.STABLE,
    brief="Answer with many objects.",
)
CREATE = SpanSpec(
    "handler.create",
    attributes=(VERB, API_GROUP, API_VERSION, RESOURCE, SCOPE, NAMESPACE, AUDIT_ID, CONTENT_TYPE),
    events=(BODY_READ, OBJECT_DECODED, ADMISSION_PASSED, OBJECT_STORED),
    slow_after=0.5,
    stability=Stability.STABLE,
    brief="Store a new object.",
)
UPDATE = SpanSpec(
    "handler.update",
    attributes=(VERB, API_GROUP, API_VERSION, RESOURCE, SCOPE, NAMESPACE, NAME, AUDIT_ID, CONTENT_TYPE),
    events=(BODY_READ, OBJECT_DECODED, ADMISSION_PASSED, OBJECT_STORED, CHANGED_MEANWHILE),
    slow_after=0.5,
    stability=Stability.STABLE,
    brief="Replace an object.",
)
PATCH = SpanSpec(
    "handler.patch",
    attributes=(VERB, API_GROUP, API_VERSION, RESOURCE, SCOPE, NAMESPACE, NAME, AUDIT_ID, CONTENT_TYPE),
    events=(BODY_READ, PATCH_APPLIED, OBJECT_DECODED, ADMISSION_PASSED, OBJECT_STORED, CHANGED_MEANWHILE),
    slow_after=0.5,
    stability=Stability.STABLE,
    brief="Change parts of an object.",
)
DELETE = SpanSpec(
    "handler.delete",
    attributes=(VERB, API_GROUP, API_VERSION, RESOURCE, SCOPE, NAMESPACE, NAME, AUDIT_ID, CONTENT_TYPE),
    events=(BODY_READ, OPTIONS_DECODED, ADMISSION_PASSED, OBJECT_DELETED),
    slow_after=0.5,
    stability=Stability.STABLE,
    brief="Remove an object.",
)

MUTATING_WEBHOOK = SpanSpec(
    "admission.mutating_webhook",
    attributes=(WEBHOOK_NAME, WEBHOOK_ALLOWED, WEBHOOK_PATCHED, WEBHOOK_IGNORED),
    stability=Stability.BETA,
    brief="Ask one webhook to agree to an object and perhaps change it.",
)
VALIDATING_WEBHOOK = SpanSpec(
    "admission.validating_webhook",
    attributes=(WEBHOOK_NAME, WEBHOOK_ALLOWED, WEBHOOK_IGNORED),
    stability=Stability.BETA,
    brief="Ask one webhook to agree to an object.",
)

STORAGE_GET = SpanSpec("storage.get", attributes=(STORAGE_KEY,), brief="Read one object.")
STORAGE_LIST = SpanSpec("storage.list", attributes=(STORAGE_KEY, STORAGE_ITEMS), brief="Read many objects.")
STORAGE_CREATE = SpanSpec(
    "storage.create",
    attributes=(STORAGE_KEY, STORAGE_DRY_RUN),
    brief="Write a new object, in one transaction.",
)
STORAGE_UPDATE = SpanSpec(
    "storage.update",
    attributes=(STORAGE_KEY, STORAGE_DRY_RUN),
    brief="Replace an object if it is still the one that was read, in one transaction.",
)
STORAGE_DELETE = SpanSpec(
    "storage.delete",
    attributes=(STORAGE_KEY, STORAGE_DRY_RUN),
    brief="Remove an object, in one transaction.",
)

SERIALIZE = SpanSpec(
    "response.serialize",
    attributes=(MEDIA_TYPE, SIZE),
    brief="Turn the answer into bytes.",
)

WEBHOOK_REVIEW = SpanSpec(
    "webhook.review",
    attributes=(WEBHOOK_NAME, WEBHOOK_ALLOWED),
    brief="The example webhooks: decide about one object.",
)
