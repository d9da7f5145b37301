"""What an event of each type may say: core/FORMAT.md sections 8 and 9 as tables.

A shape is a function of one value that raises Refused. Order of members never matters: one body, one code is promised
only for bodies with one fault.
"""
import re
from datetime import datetime

from canonical import MAX_INT, Refused, decode
from event import by_bytes, fixed, is_int

TYPES = ('envelope.created revision.published recipient.invited recipient.joined recipient.accepted envelope.sent '
         'document.presented access.demonstrated consent.given fields.committed recipient.signed recipient.declined '
         'copy.delivered delivery.recorded envelope.voided envelope.expired envelope.completed comment.added '
         'change.proposed change.resolved consent.withdrawn delegation.requested identity.attested reminder.sent '
         'schedule.set automation.ran copy.exported envelope.exported envelope.archived hold.placed hold.released '
         'content.shredded key.wrapped device.added device.revoked owner.deviceAdded owner.deviceRevoked owner.handedOver '
         'owner.merged service.keyChanged approval.requested approval.granted approval.refused recipient.removed '
         'recipient.replaced access.granted recipient.approved').split()
RESERVED = 'receipt.issued timestamp.issued'.split()
ROLES = 'attestor mailer scheduler registrar completer records'.split()

_TIME = re.compile(r'(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?Z', re.ASCII)


def text(pattern=None):
    """A string of 1 to 256 bytes, or one that the pattern describes whole."""
    def check(value):
        if not isinstance(value, str):
            raise Refused('schema.wrong_type')
        good = re.fullmatch(pattern, value, re.ASCII) if pattern else 1 <= len(value.encode()) <= 256
        if not good:
            raise Refused('schema.bad_value')
    return check


def word(words):
    allowed = words.split()

    def check(value):
        text()(value)
        if value not in allowed:
            raise Refused('schema.bad_value')
    return check


def literal(wanted, code='schema.bad_value'):
    def check(value):
        if not isinstance(value, str):
            raise Refused('schema.wrong_type')
        if value != wanted:
            raise Refused(code)
    return check


def number(low, high=MAX_INT):
    def check(value):
        if not is_int(value):
            raise Refused('schema.wrong_type')
        if not low <= value <= high:
            raise Refused('schema.bad_value')
    return check


def raw(size):
    return lambda value: fixed(value, size)


def items(shape, low, high, key=None):
    """A list; with `key`, strictly ascending by it."""
    def check(value):
        if not isinstance(value, list):
            raise Refused('schema.wrong_type')
        if not low <= len(value) <= high:
            raise Refused('schema.bad_value')
        for item in value:
            shape(item)
        if key and any(not key(a) < key(b) for a, b in zip(value, value[1:])):
            raise Refused('schema.bad_value')
    return check


def members(**shapes):
    """An object of exactly these members; a name that ends in _ may be absent."""
    required = {name for name in shapes if not name.endswith('_')}
    table = {name.rstrip('_'): shape for name, shape in shapes.items()}

    def check(value):
        if not isinstance(value, dict):
            raise Refused('schema.wrong_type')
        for name in sorted(required):
            if name not in value:
                raise Refused('schema.missing_member', name)
        for name in table:
            if name in value:
                table[name](value[name])
        for name in value:
            if name not in table:
                raise Refused('schema.unknown_member', name)
    return check


def workspace(value):
    if not isinstance(value, str):
        raise Refused('schema.wrong_type')
    try:
        good = len(decode(value)) == 32
    except Refused:
        good = False
    if not good:
        raise Refused('schema.bad_value')


def milliseconds(value):
    """Of an RFC 3339 text in UTC; None where it is none. (Whole milliseconds; what is finer is cut off.)"""
    match = _TIME.fullmatch(value)
    if not match or len(value) > 32:
        return None
    try:
        day = datetime(*map(int, match.groups()[:6]))
    except ValueError:
        return None
    seconds = (day - datetime(1970, 1, 1)).total_seconds()
    return int(seconds) * 1000 + int(((match[7] or '.') + '000')[1:4])


def utc_time(value):
    if not isinstance(value, str):
        raise Refused('schema.wrong_type')
    if milliseconds(value) is None:
        raise Refused('schema.bad_value')


HASH = raw(32)
KEY = members(x=HASH)
RECIPIENT = text(r'[a-z][a-z0-9_-]{0,31}')
NAME = text(r'[A-Za-z][A-Za-z0-9_-]{0,63}')
TEXT = text()
CONSENT = members(id=TEXT, version=TEXT, locale=TEXT, text=HASH)
CHANNEL = word('link email sms')
FORM = word('html bundle print')
DETAIL = {'detail_': HASH}
RECIPIENT_TYPE = word('signer viewer copy approver witness formFiller inPerson')
ENTRY = members(id=RECIPIENT, order=number(1, 64), recipientType=RECIPIENT_TYPE, role=NAME)
ROUTING = members(format=literal('countersign-routing/v1'), recipients=items(ENTRY, 0, 64, key=lambda e: e['id']))

INPUTS = members(
    template=members(id=TEXT, version=TEXT, source=HASH, compiled=HASH),
    library=items(HASH, 0, 1024), values=HASH, fields=HASH, routing=HASH, attachments=items(HASH, 0, 1024),
    consent=CONSENT, deadlineAt_=utc_time, locale=TEXT)

STATEMENT = members(
    revision=HASH,
    documents=items(members(sha256=HASH, size=number(0)), 1, 1),
    evaluation=members(engine=TEXT, version=TEXT, inputs=HASH, output=HASH, trace=HASH),
    fields=items(members(id=NAME, commitment=HASH), 0, 1024, key=lambda field: field['id']),
    locale=members(contract=TEXT, interface=TEXT),
    timeZone=text(r'[+-](0\d|1[0-8]):[0-5]\d'),
    consent=CONSENT,
    intent=members(text=TEXT, gesture=word('tap hold key')),
    rendering=members(text=HASH),
    mark=members(kind=word('drawn typed'), sha256=HASH),
    core=members(name=TEXT, version=TEXT))

INVITED = dict(recipient=RECIPIENT, role=NAME, recipientType=RECIPIENT_TYPE, order=number(1, 64), invitation=KEY,
               level=literal('link'))


def hosted(shape):
    """Only a signer in person has a host."""
    def check(value):
        shape(value)
        if 'host' in value and value['recipientType'] != 'inPerson':
            raise Refused('schema.bad_value')
    return check


BODIES = {
    'envelope.created': members(
        **DETAIL, suite=literal('CSG-1', 'event.unknown_suite'), owner=KEY, recovery_=KEY,
        services=members(**{role + '_': items(HASH, 1, 16) for role in ROLES}),
        tiePolicy=word('ownerWins signatureWins ownerSettles'), acceptance=word('auto owner'),
        deadlinePolicy=word('claim receipt'), workspace_=workspace,
        relatesTo_=items(members(env=HASH, how=word('amends renews replaces')), 1, 64), keyCommitment_=HASH),
    'revision.published': members(**DETAIL, inputs=INPUTS, revision=HASH, number=number(1)),
    'recipient.invited': hosted(members(**DETAIL, **INVITED, host_=RECIPIENT)),
    'recipient.joined': members(**DETAIL, recipient=RECIPIENT, key=KEY, proof=raw(64)),
    'recipient.accepted': members(recipient=RECIPIENT, join=HASH),
    'envelope.sent': members(revision=HASH),
    'document.presented': members(
        recipient=RECIPIENT, revision=HASH, text=HASH, rendering=HASH, locale=TEXT,
        reached=members(units=number(0), of=number(0))),
    'access.demonstrated': members(
        recipient=RECIPIENT, revision=HASH, method=literal('code'), code=text(r'\d{4}')),
    'consent.given': members(recipient=RECIPIENT, revision=HASH, consent=CONSENT),
    'fields.committed': members(
        **DETAIL, recipient=RECIPIENT, revision=HASH, fields=items(NAME, 1, 1024, key=lambda name: name),
        files_=items(HASH, 1, 8, key=by_bytes)),
    'recipient.signed': members(**DETAIL, recipient=RECIPIENT, revision=HASH, statement=STATEMENT),
    'recipient.declined': members(**DETAIL, recipient=RECIPIENT, revision=HASH),
    'copy.delivered': members(recipient=RECIPIENT, revision=HASH, form=FORM, sha256_=HASH),
    'delivery.recorded': members(
        **DETAIL, recipient=RECIPIENT, channel=CHANNEL, outcome=word('sent delivered bounced')),
    'envelope.voided': members(**DETAIL),
    'envelope.expired': members(deadlineAt=utc_time),
    'envelope.completed': members(
        revision=HASH, signatures=items(HASH, 0, 64, key=by_bytes), text=HASH, past=HASH, count=number(1)),
    'comment.added': members(**DETAIL, recipient_=RECIPIENT, revision=HASH, unit_=TEXT, about_=HASH),
    'change.proposed': members(**DETAIL, recipient=RECIPIENT, revision=HASH, unit=TEXT, variant_=TEXT),
    'change.resolved': members(**DETAIL, about=HASH, outcome=word('accepted rejected')),
    'consent.withdrawn': members(**DETAIL, recipient=RECIPIENT, revision=HASH),
    'delegation.requested': members(**DETAIL, recipient=RECIPIENT, revision=HASH),
    'identity.attested': members(
        **DETAIL, recipient=RECIPIENT, device=HASH, method=word('code email sms oidc eid'), level=word('L2 L3')),
    'reminder.sent': members(**DETAIL, recipient=RECIPIENT, channel=CHANNEL),
    'schedule.set': members(channel=CHANNEL, hours=number(1, 8760)),
    'automation.ran': members(**DETAIL, rule=TEXT, outcome=word('done failed')),
    'copy.exported': members(**DETAIL, recipient=RECIPIENT, revision=HASH, form=FORM, sha256_=HASH),
    'envelope.exported': members(**DETAIL, form=FORM, sha256_=HASH),
    'envelope.archived': members(retainUntil_=utc_time),
    'hold.placed': members(**DETAIL),
    'hold.released': members(**DETAIL, about=HASH),
    'content.shredded': members(**DETAIL, details=items(HASH, 1, 64, key=by_bytes)),
    'key.wrapped': members(device=HASH, epoch=number(0), wrapped=HASH),
    'device.added': members(**DETAIL, recipient=RECIPIENT, key=KEY, proof=raw(64)),
    'device.revoked': members(**DETAIL, recipient=RECIPIENT, device=HASH, heads=items(HASH, 1, 32, key=by_bytes)),
    'owner.deviceAdded': members(**DETAIL, key=KEY, proof=raw(64)),
    'owner.deviceRevoked': members(**DETAIL, device=HASH),
    'owner.handedOver': members(**DETAIL, key=KEY, proof=raw(64)),
    'owner.merged': members(**DETAIL, kept=HASH),
    'service.keyChanged': members(key=KEY, role=word(' '.join(ROLES)), change=word('added removed')),
    'approval.requested': members(recipient=RECIPIENT, revision=HASH),
    'approval.granted': members(**DETAIL, recipient=RECIPIENT, revision=HASH),
    'approval.refused': members(**DETAIL, recipient=RECIPIENT, revision=HASH),
    'recipient.removed': members(**DETAIL, recipient=RECIPIENT),
    'recipient.replaced': members(**DETAIL, recipient=RECIPIENT, invitation=KEY, level=literal('link')),
    'access.granted': members(**DETAIL, **INVITED, **{'from': HASH}),
    'recipient.approved': members(**DETAIL, recipient=RECIPIENT, revision=HASH),
}


def refusal(event):
    """The code by which an event's type or body is refused, or None."""
    if event.type not in BODIES:
        return 'event.reserved_type' if event.type in RESERVED else 'event.unknown_type'
    try:
        BODIES[event.type](event.body)
    except Refused as refused:
        return refused.code
    return None


def parents(event):
    """prev, seen, and what a completion names, where its body has its form."""
    named = set(event.body['signatures']) if event.type == 'envelope.completed' and refusal(event) is None else set()
    return named | set(event.seen) | ({event.prev} if event.prev else set())


def is_routing(value):
    try:
        ROUTING(value)
    except Refused:
        return False
    return True


def is_fields(value):
    """The field definitions, as far as rules read them."""
    if not isinstance(value, dict) or set(value) != {'format', 'fields'}:
        return False
    if value['format'] != 'countersign-fields/v1' or not isinstance(value['fields'], list):
        return False
    for field in value['fields']:
        try:
            if not isinstance(field, dict):
                return False
            NAME(field.get('id'))
            TEXT(field.get('kind'))
            if 'recipient' in field:
                RECIPIENT(field['recipient'])
        except Refused:
            return False
        if not isinstance(field.get('required'), bool) and field.get('required') != 'conditional':
            return False
    ids = [field['id'] for field in value['fields']]
    return len(ids) <= 4096 and all(a < b for a, b in zip(ids, ids[1:]))
