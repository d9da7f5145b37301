"""An envelope under the hand of somebody who obeys no rule: every event is signed by its party, whatever it says.

Keys, salts and times are fixed, so the same calls give the same bytes. Wording: a party `writes` an event; `on` limits
what it knows to these events and their past.
"""
import hashlib

from kit import HERE  # first: it says where the others are
import ed25519
from bundle import HEADER, causal_order
from canonical import DOCUMENT_LIMITS, decode, encode, read, ref_of, sha256, tagged, tagged_json, write
from document import field_definitions, linear_text
from event import by_bytes, thumbprint

START = 1763798400000  # 2025-11-22T08:00:00Z
SOURCE = (HERE / 'base/template.md').read_bytes()
COMPILED = (HERE / 'base/compiled.json').read_bytes()
DOCUMENT = (HERE / 'base/document.json').read_bytes()
TEMPLATE = read(COMPILED, DOCUMENT_LIMITS)
CONSENT_TEXT = write({'format': 'countersign-consent/v1', **TEMPLATE['consent']})
VALUES = {'seats': 5}
ANSWERS = {'contact': 'Ana', 'phone': True}
TEXT = ref_of(DOCUMENT)
RENDERING = ref_of(linear_text(read(DOCUMENT, DOCUMENT_LIMITS)).encode())
TRACE = tagged_json('countersign-trace/v1', {'format': 'countersign-trace/v1', 'units': [
    {'unit': 'phone-clause', 'when': 'phone', 'holds': True, 'computed': [],
     'fields': [{'id': 'phone', 'label': 'Phone support', 'value': True}]}]})
MARK = {'kind': 'typed', 'text': 'A. N. Other'}
_signed = {}


class Key:
    """An Ed25519 key of RFC 8032 section 5.1.5, from a seed of one repeated byte (or a seed itself)."""

    def __init__(self, seed):
        digest = hashlib.sha512(bytes([seed]) * 32 if isinstance(seed, int) else seed).digest()
        scalar = int.from_bytes(digest[:32], 'little')
        self.scalar = scalar & ((1 << 254) - 8) | 1 << 254
        self.prefix = digest[32:]
        self.public = ed25519.encode_point(ed25519.multiply(self.scalar, ed25519.BASE))
        self.kid = thumbprint(self.public)
        self.x = encode(self.public)

    def sign(self, message, nonce=None):
        """RFC 8032, or with a nonce of one's own: another valid signature."""
        known = (self.public, message, nonce)
        if known not in _signed:
            r = ed25519.hash_to_scalar(self.prefix, message) if nonce is None else nonce
            point = ed25519.encode_point(ed25519.multiply(r, ed25519.BASE))
            k = ed25519.hash_to_scalar(point, self.public, message)
            _signed[known] = point + ((r + k * self.scalar) % ed25519.L).to_bytes(32, 'little')
        return _signed[known]


class Party(Key):
    def __init__(self, seed, recipient=None):
        super().__init__(seed)
        self.recipient = recipient
        self.chain = encode(bytes([seed]) * 16)


OWNER, COMPLETER, RECOVERY, SCHEDULER, MAILER = Party(1), Party(2), Party(3), Party(4), Party(5)
CUSTOMER, PROVIDER, LAPTOP = Party(11, 'customer'), Party(12, 'provider'), Party(13, 'customer')
STRANGER = Party(99)
LINKS = {'customer': Key(21), 'provider': Key(22)}


def header_of(kid):
    return ('{"alg":"EdDSA","kid":"%s","typ":"countersign-event+jws"}' % kid).encode()


def merged(value, changes):
    """A copy of `value` in which the members named by paths are set; `del` removes one."""
    import copy
    value = copy.deepcopy(value)
    for path, new in (changes or {}).items():
        *way, name = path.split('/')
        inner = value
        for step in way:
            inner = inner[int(step)] if isinstance(inner, list) else inner[step]
        if new is DEL:
            del inner[name]
        elif isinstance(inner, list):
            inner[int(name)] = new
        else:
            inner[name] = new
    return value


DEL = object()


class Scene:
    """Events in the order they were written, and blobs. Each step returns the event's id."""

    def __init__(self):
        self.events = {}    # id -> stored bytes
        self.parents = {}   # id -> ids
        self.last = {}      # kid -> id
        self.seq = {}       # kid -> next number
        self.blobs = {}
        self.salts = 0
        self.env = None
        self.extra = []     # lines put behind all events as they are
        self.author = {}    # id -> kid
        self.commitments = {}  # (recipient, field) -> commitment
        self.signatures = []

    # --- writing ---

    def salt(self):
        self.salts += 1
        return encode(hashlib.sha256(b'salt %d' % self.salts).digest()[:16])

    def blob(self, data):
        data = data if isinstance(data, bytes) else write(data)
        self.blobs[ref_of(data)] = data
        return ref_of(data)

    def detail(self, content):
        return self.blob({'salt': self.salt(), **content})

    def heads(self, among=None):
        known = set(self.events) if among is None else set().union(*(self.past(e) | {e} for e in among))
        return sorted(known - {p for e in known for p in self.parents[e]}, key=by_bytes)

    def past(self, event):
        found, open_ = set(), [event]
        while open_:
            for parent in self.parents.get(open_.pop(), ()):
                if parent not in found:
                    found.add(parent)
                    open_.append(parent)
        return found

    def payload(self, party, type_, body, on=None, change=None):
        """The payload as an honest program would write it, then changed."""
        prev = self.last.get(party.kid)
        if on is not None:
            reach = set().union(*(self.past(e) | {e} for e in on)) if on else set()
            mine = [e for e in self.events if e in reach and self.author[e] == party.kid]
            prev = mine[-1] if mine else None
        seen = [head for head in self.heads(on) if head != prev]
        payload = {'at': START + 60_000 * (len(self.events) + 1), 'body': body, 'chain': party.chain,
                   'prev': prev, 'salt': self.salt(), 'seen': seen, 'seq': self.seq.get(party.kid, 0), 'type': type_,
                   'v': 1}
        if self.env is not None:
            payload['env'] = self.env
        return merged(payload, change)

    def store(self, party, payload, header=None, raw=None, sign=None):
        """Signs a payload (or raw bytes in its place) and returns the JWS."""
        data = raw if raw is not None else write(payload)
        head = header_of(party.kid) if header is None else header
        signing_input = (encode(head) + '.' + encode(data)).encode()
        signature = party.sign(signing_input) if sign is None else sign(signing_input)
        return signing_input + b'.' + encode(signature).encode()

    def put(self, party, payload, stored):
        """Among the events, so that later ones build on it."""
        event = encode(tagged('countersign-event-id/v1', stored[:stored.rindex(b'.')]))
        self.events[event] = stored
        named = payload['body'].get('signatures', []) if payload['type'] == 'envelope.completed' else []
        self.parents[event] = set(payload['seen']) | {payload['prev']} - {None} | set(named)
        self.author[event] = party.kid
        self.last[party.kid] = event
        self.seq[party.kid] = payload['seq'] + 1
        return event

    def write(self, party, type_, body, on=None, change=None, **how):
        payload = self.payload(party, type_, body, on, change)
        return self.put(party, payload, self.store(party, payload, **how))

    def attach(self, party, type_, body, on=None, change=None, raw=None, text=None, **how):
        """An event in the last place that need not be one: `raw` makes payload bytes of the honest ones, `text` the
        line of the honest JWS."""
        payload = self.payload(party, type_, body, on, change)
        data = raw(write(payload)) if raw else None
        stored = self.store(party, payload, raw=data, **how)
        self.extra.append(text(stored) if text else stored)
        return self

    # --- the honest steps, each of which can be changed ---

    def create(self, change=None, by=OWNER, **how):
        body = {'suite': 'CSG-1', 'owner': {'x': OWNER.x}, 'recovery': {'x': RECOVERY.x},
                'services': {'completer': [COMPLETER.x], 'mailer': [MAILER.x], 'scheduler': [SCHEDULER.x]},
                'tiePolicy': 'ownerWins', 'acceptance': 'auto', 'deadlinePolicy': 'claim',
                'detail': self.detail({'title': 'Support', 'sender': {'name': 'Sam'}})}
        self.env = self.write(by, 'envelope.created', merged(body, change), **how)
        return self.env

    def invite(self, recipient, order=1, type_='signer', link=None, by=OWNER, change=None, **how):
        body = {'recipient': recipient, 'role': recipient, 'recipientType': type_, 'order': order,
                'invitation': {'x': (link or LINKS.get(recipient)).x}, 'level': 'link',
                'detail': self.detail({'name': recipient.title()})}
        return self.write(by, 'recipient.invited', merged(body, change), **how)

    def publish(self, routing=None, number=1, values=None, deadline=None, change=None, body_change=None, fields=None,
                by=OWNER, compiled=COMPILED, source=SOURCE, consent=CONSENT_TEXT, **how):
        routing = self.routing if routing is None else routing
        template = read(compiled, DOCUMENT_LIMITS)
        if isinstance(routing, list):
            routing = {'format': 'countersign-routing/v1', 'recipients': routing}
        fields = field_definitions(TEMPLATE, routing['recipients']) if fields is None else fields
        inputs = {'template': {'id': template['id'], 'version': str(template['version']),
                               'source': self.blob(source), 'compiled': self.blob(compiled)},
                  'library': [], 'attachments': [], 'locale': 'en',
                  'values': self.detail({'values': VALUES if values is None else values}),
                  'fields': self.blob(fields), 'routing': self.blob(routing),
                  'consent': {'id': 'plain-consent', 'version': '1', 'locale': 'en', 'text': self.blob(consent)}}
        if deadline:
            inputs['deadlineAt'] = deadline
        inputs = merged(inputs, change)
        self.inputs = inputs
        self.revision = tagged_json('countersign-revision/v1', inputs)
        body = {'inputs': inputs, 'revision': self.revision, 'number': number,
                'detail': self.detail({'changes': [], 'why': 'as asked'})}
        self.blob(DOCUMENT)
        return self.write(by, 'revision.published', merged(body, body_change), **how)

    routing = [{'id': 'customer', 'order': 1, 'recipientType': 'signer', 'role': 'customer'},
               {'id': 'provider', 'order': 2, 'recipientType': 'signer', 'role': 'provider'}]

    def send(self, by=OWNER, change=None, **how):
        return self.write(by, 'envelope.sent', merged({'revision': self.revision}, change), **how)

    def join(self, party, link=None, change=None, **how):
        challenge = decode(tagged_json('countersign-join/v1', {
            'env': self.env, 'recipient': party.recipient, 'x': party.x}))
        body = {'recipient': party.recipient, 'key': {'x': party.x},
                'proof': encode((link or LINKS[party.recipient]).sign(challenge)),
                'detail': self.detail({'device': {'userAgent': 'phone'}})}
        return self.write(party, 'recipient.joined', merged(body, change), **how)

    def key(self, added, recipient=None):
        """The members of an event that adds a key: the key itself says that it is meant."""
        content = {'env': self.env, 'x': added.x, **({'recipient': recipient} if recipient else {})}
        challenge = decode(tagged_json('countersign-device/v1', content))
        return {'key': {'x': added.x}, 'proof': encode(added.sign(challenge)),
                **({'recipient': recipient} if recipient else {})}

    def _act(self, party, type_, body, change, how):
        base = {'recipient': party.recipient, 'revision': self.revision, **body}
        return self.write(how.pop('by', party), type_, merged(base, change), **how)

    def code(self, recipient, revision=None):
        named = {'env': self.env, 'recipient': recipient, 'revision': revision or self.revision}
        digest = decode(tagged_json('countersign-access/v1', named))
        return '%04d' % (int.from_bytes(digest[:4], 'big') % 10_000)

    def access(self, party, change=None, **how):
        return self._act(party, 'access.demonstrated',
                         {'method': 'code', 'code': self.code(party.recipient)}, change, how)

    def consent(self, party, change=None, **how):
        return self._act(party, 'consent.given', {'consent': self.inputs['consent']}, change, how)

    def present(self, party, change=None, text=TEXT, rendering=RENDERING, **how):
        return self._act(party, 'document.presented', {
            'text': text, 'rendering': rendering, 'locale': 'en', 'reached': {'units': 3, 'of': 3}}, change, how)

    def commit(self, party, values=None, change=None, said=None, **how):
        """Commits values; `said`: the ones the detail really holds."""
        values = ANSWERS if values is None else values
        salt = self.salt()
        said = values if said is None else said
        detail = self.blob({'salt': salt, 'values': said, 'was': {}})
        for field, value in values.items():
            self.commitments[(party.recipient, field)] = tagged_json(
                'countersign-field/v1', {'id': field, 'salt': salt, 'value': value})
        return self._act(party, 'fields.committed', {'fields': sorted(values), 'detail': detail}, change, how)

    def statement(self, party, change=None, text=TEXT, used=None):
        fields = [{'id': field, 'commitment': c} for (recipient, field), c in sorted(self.commitments.items())
                  if recipient == party.recipient]
        used = {**VALUES, **ANSWERS} if used is None else used
        inputs = tagged_json('countersign-evaluation-inputs/v1', {'compiled': ref_of(COMPILED), 'values': used})
        statement = {
            'revision': self.revision, 'documents': [{'sha256': text, 'size': len(DOCUMENT)}],
            'evaluation': {'engine': 'countersign-template/1', 'version': '0.1.0', 'inputs': inputs, 'output': text,
                           'trace': TRACE},
            'fields': fields, 'locale': {'contract': 'en', 'interface': 'en'}, 'timeZone': '+01:00',
            'consent': self.inputs['consent'], 'intent': {'text': 'Sign', 'gesture': 'tap'},
            'rendering': {'text': RENDERING},
            'mark': {'kind': 'typed', 'sha256': tagged_json('countersign-mark/v1', MARK)},
            'core': {'name': 'countersign', 'version': '0.1.0'}}
        return merged(statement, change)

    def sign(self, party, change=None, text=TEXT, statement=None, detail=None, used=None, **how):
        body = {'statement': self.statement(party, statement, text, used),
                'detail': self.detail(detail or {'mark': MARK, 'name': 'Somebody'})}
        return self._act(party, 'recipient.signed', body, change, how)

    def decline(self, party, change=None, **how):
        return self._act(party, 'recipient.declined', {'detail': self.detail({'reason': 'no'})}, change, how)

    def void(self, by=OWNER, **how):
        return self.write(by, 'envelope.voided', {'detail': self.detail({'reason': 'mistake'})}, **how)

    def completion(self, signatures, on=None, change=None):
        """The body of a completion that knows everything (or `on` and its past)."""
        known = set(signatures)
        for head in self.heads(on):
            known |= self.past(head) | {head}
        ids = sorted(known, key=by_bytes)
        body = {'revision': self.revision, 'signatures': sorted(signatures, key=by_bytes), 'text': TEXT,
                'past': encode(tagged('countersign-past/v1', '\n'.join(ids).encode())), 'count': len(ids)}
        return merged(body, change)

    def complete(self, signatures=None, by=COMPLETER, change=None, on=None, **how):
        signatures = self.signatures if signatures is None else signatures
        return self.write(by, 'envelope.completed', self.completion(signatures, on, change), on=on, **how)

    # --- longer ways ---

    def prepared(self, create=None, provider_order=2, types=('signer', 'signer'), **publish):
        self.create(create)
        self.routing = [{**entry, 'order': order, 'recipientType': type_} for entry, order, type_ in zip(
            Scene.routing, (1, provider_order), types)]
        self.invite('customer', type_=types[0])
        self.invite('provider', provider_order, type_=types[1])
        self.publish(**publish)
        return self

    def sent(self, *args, **publish):
        self.prepared(*args, **publish)
        self.send()
        return self

    def ready(self, party, values=None, text=TEXT, rendering=RENDERING, skip=(), on=None):
        """Everything before the signature."""
        known = None
        for name in ('join', 'access', 'consent', 'present', 'commit'):
            if name in skip or (name == 'commit' and party.recipient != 'customer' and values is None):
                continue
            more = {'text': text, 'rendering': rendering} if name == 'present' else {}
            if name == 'commit' and values is not None:
                more = {'values': values}
            if on is not None:
                more['on'] = on if known is None else on + [known]
            known = getattr(self, name)(party, **more)
        return self

    def signed(self, *parties, **ready):
        for party in parties or (CUSTOMER, PROVIDER):
            self.ready(party, **ready)
            self.signatures = self.signatures + [self.sign(party)]
        return self

    def completed(self):
        self.sent().signed()
        self.complete()
        return self

    # --- the file ---

    def event_lines(self):
        return [b'event ' + self.events[event] for event in causal_order(self.parents)]

    def blob_lines(self):
        return [b'blob ' + ref.encode() + b' ' + encode(data).encode()
                for ref, data in sorted(self.blobs.items(), key=lambda item: by_bytes(item[0]))]

    def file(self):
        return join_lines(self.event_lines() + [b'event ' + line for line in self.extra] + self.blob_lines())


def join_lines(lines, end=None):
    """The file of these lines, with the end line that fits (or `end`; b'' for none)."""
    data = HEADER + b''.join(line + b'\n' for line in lines)
    counts = [sum(line.startswith(word) for line in lines) for word in (b'event ', b'blob ')]
    fitting = ('end %d %d %s\n' % (*counts, encode(sha256(data)))).encode()
    return data + (fitting if end is None else end)
