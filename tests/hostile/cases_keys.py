"""Signatures and keys."""
from kit import case, skipped
import ed25519
from canonical import decode, encode, sha256, tagged_json
from scene import (COMPLETER, CUSTOMER, LAPTOP, LINKS, OWNER, PROVIDER, RECOVERY, STRANGER, Key, Party, Scene,
                   header_of)

BODY = {'recipient': 'customer', 'channel': 'link', 'outcome': 'sent'}
SMALL_ORDER = bytes.fromhex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')  # of order 8
IDENTITY = (1).to_bytes(32, 'little')
IDENTITY_OTHERWISE = (ed25519.P + 1).to_bytes(32, 'little')


def last(**how):
    return Scene().sent().attach(OWNER, 'delivery.recorded', BODY, **how)


def flip(at):
    """One changed bit in a byte of the signature."""
    def text(stored):
        head, _, signature = stored.rpartition(b'.')
        raw = bytearray(decode(signature.decode()))
        raw[at] ^= 1
        return head + b'.' + encode(bytes(raw)).encode()
    return text


for place in (0, 31, 32, 62):
    case('026-bit-of-signature-%d' % place, 'invalid', 'event.bad_signature', 'One changed bit of the signature.',
         status='sent')(lambda p=place: last(text=flip(p)))


def changed_after_signing(old, new):
    """The payload says something else than what was signed; the signature is the honest one."""
    def text(stored):
        header, payload, signature = stored.split(b'.')
        data = decode(payload.decode())
        assert data.count(old) == 1
        return header + b'.' + encode(data.replace(old, new)).encode() + b'.' + signature
    return text


for name, old, new in (('at', b'"at":1763798760000', b'"at":1763798760001'), ('body', b'"outcome":"sent"', b'"outcome":"bounced"'),
                       ('seq', b'"seq":5', b'"seq":6'), ('salt', b'"salt":"', b'"salt":"A'),
                       ('type', b'delivery.recorded', b'delivery.recordeD')):
    code = 'bundle.bad_event' if name == 'salt' else 'event.bad_signature'
    case('026-bit-of-payload-' + name, 'invalid', code, 'A payload changed after signing.')(
        lambda o=old, n=new: last(text=changed_after_signing(o, n)))


def malleable(message):
    """S + L: the same equation holds."""
    signature = OWNER.sign(message)
    s = int.from_bytes(signature[32:], 'little') + ed25519.L
    return signature[:32] + s.to_bytes(32, 'little')


case('027-s-plus-order', 'invalid', 'event.bad_signature', 'S is not reduced: a second spelling of a signature.',
     status='sent')(lambda: last(sign=malleable))


def with_r(point):
    """R of small order: S = k a is a solution of the equation."""
    def sign(message):
        k = ed25519.hash_to_scalar(point, OWNER.public, message)
        return point + (k * OWNER.scalar % ed25519.L).to_bytes(32, 'little')
    return sign


case('030-r-of-small-order', 'invalid', 'event.bad_signature', 'R is the neutral element.', status='sent')(
    lambda: last(sign=with_r(IDENTITY)))
case('030-r-not-canonical', 'invalid', 'event.bad_signature', 'R is the neutral element in another spelling.',
     status='sent')(lambda: last(sign=with_r(IDENTITY_OTHERWISE)))


class Weak(Party):
    """A key that is a point of small order: any message has a signature that verifies without checks."""

    def __init__(self, public, recipient=None):
        super().__init__(77, recipient)
        self.public = public
        self.x = encode(public)
        self.kid = encode(sha256(b'{"crv":"Ed25519","kty":"OKP","x":"%s"}' % self.x.encode()))

    def sign(self, message, nonce=None):
        return super().sign(message)


def genesis_of(public):
    owner = Weak(public)
    scene = Scene()
    scene.create({'owner/x': owner.x}, by=owner)
    return scene


MIXED = ed25519.encode_point(ed25519.add(ed25519.decode_point(OWNER.public), ed25519.decode_point(SMALL_ORDER)))
OFF_CURVE = next(bytes([i]) + bytes(31) for i in range(2, 99) if ed25519.decode_point(bytes([i]) + bytes(31)) is None)
NOT_CANONICAL = (ed25519.P + 3).to_bytes(32, 'little')
X25519_BASE = (9).to_bytes(32, 'little')
BAD_KEYS = (('028-small-order-key', SMALL_ORDER), ('028-neutral-element-key', IDENTITY), ('029-mixed-order-key', MIXED),
            ('036-agreement-key', X25519_BASE), ('000-key-not-on-curve', OFF_CURVE), ('000-key-not-canonical', NOT_CANONICAL))
for name, public in BAD_KEYS:
    case(name + '-owner', 'invalid', 'crypto.bad_key', 'The owner names a key that no signature may be checked with.')(
        lambda p=public: genesis_of(p))


def joined_by(public):
    scene = Scene().sent()
    party = Weak(public, 'customer')
    scene.join(party)
    return scene


for name, public in BAD_KEYS[:3]:
    case(name + '-joins', 'invalid', 'crypto.bad_key', 'The same of a key that joins.', status='sent')(
        lambda p=public: joined_by(p))


def bad_service():
    scene = Scene()
    scene.create({'services/completer': [encode(SMALL_ORDER)]})
    return scene


case('028-small-order-service', 'invalid', 'crypto.bad_key', 'A service key of small order.')(bad_service)


def bad_invitation():
    """An invitation key of small order: proofs by it prove nothing."""
    scene = Scene().prepared()
    link = Weak(IDENTITY)
    scene.invite('customer', link=link)
    scene.send()
    challenge = decode(tagged_json('countersign-join/v1', {'env': scene.env, 'recipient': 'customer', 'x': CUSTOMER.x}))
    k = ed25519.hash_to_scalar(IDENTITY, link.public, challenge)
    scene.join(CUSTOMER, change={'proof': encode(IDENTITY + bytes(32))})
    return scene


case('028-small-order-invitation', 'notSealed', 'recipient.bad_proof', status='sent')(bad_invitation)
skipped(31, 'ECDSA and assertions belong to passkeys, which version 1 does not have')

case('032-other-kid', 'invalid', 'event.bad_signature', 'The right signature of one key under the name of another.',
     status='sent')(lambda: with_kid())


def with_kid():
    scene = Scene().sent()
    scene.join(CUSTOMER)
    return scene.attach(OWNER, 'delivery.recorded', BODY, header=header_of(CUSTOMER.kid))


case('033-kid-of-another-envelope', 'incomplete', 'event.waits_for_key', 'A key that nothing here introduced.',
     status='sent')(lambda: Scene().sent().attach(STRANGER, 'delivery.recorded', BODY))


def over_other_type(message):
    header, payload = message.split(b'.')
    other = encode(decode(header.decode()).replace(b'event+jws', b'receipt+jws')).encode()
    return OWNER.sign(other + b'.' + payload)


case('034-signature-over-another-typ', 'invalid', 'event.bad_signature',
     'Signed as something else: the header is in what is signed.', status='sent')(lambda: last(sign=over_other_type))


def second_signature(sign):
    scene = Scene().sent()
    payload = scene.payload(OWNER, 'delivery.recorded', BODY)
    first, second = scene.store(OWNER, payload), scene.store(OWNER, payload, sign=sign)
    assert first != second
    scene.extra += sorted([first, second])
    return scene


case('035-two-signatures-of-one-event', 'invalid', 'bundle.duplicate', 'Two valid signatures over one event.', status='sent')(
    lambda: second_signature(lambda message: OWNER.sign(message, 12345)))
case('035-forged-second-signature', 'invalid', 'event.bad_signature', 'The second one is not valid.', status='sent')(
    lambda: second_signature(lambda message: STRANGER.sign(message)))


def taken(**how):
    scene = Scene().sent()
    scene.join(CUSTOMER)
    twice = Party(11, 'provider')
    scene.join(twice)
    return scene


case('037-key-of-two-recipients', 'invalid', 'recipient.key_taken', 'One device joins for two recipients.', status='sent')(taken)
for name, party in (('owner', OWNER), ('completer', COMPLETER), ('recovery', RECOVERY)):
    def by_named(p=party):
        scene = Scene().sent()
        again = Party({OWNER: 1, COMPLETER: 2, RECOVERY: 3}[p], 'customer')
        again.chain = encode(bytes([200]) * 16)
        scene.join(again)
        return scene
    case('037-%s-joins' % name, 'invalid', 'recipient.key_taken', 'A key that the genesis names joins for a recipient.',
         status='sent')(by_named)


def joins_at_once():
    """One key joins for two recipients, each time without knowing of the other: it is bound to neither."""
    scene = Scene().sent(provider_order=1)
    on = scene.heads()
    scene.join(CUSTOMER, on=on)
    twice = Party(11, 'provider')
    scene.join(twice, on=on)
    scene.ready(CUSTOMER, skip=('join',))
    scene.sign(CUSTOMER)
    return scene


case('037-key-of-two-recipients-at-once', 'notSealed', 'recipient.key_not_bound', joins_at_once.__doc__, status='sent', counts=[])(
    joins_at_once)


def one_link_for_two():
    scene = Scene()
    scene.create()
    scene.invite('customer')
    scene.invite('provider', 2, link=LINKS['customer'])
    return scene


case('037-invitation-of-two-recipients', 'invalid', 'recipient.key_taken', 'One link for two recipients.', status='draft')(
    one_link_for_two)


def not_bound():
    scene = Scene().sent()
    scene.ready(CUSTOMER)
    scene.join(PROVIDER)
    other = Party(12, 'customer')
    scene.sign(CUSTOMER, by=other)
    return scene


case('038-signed-by-another-recipient', 'invalid', 'recipient.key_not_bound', "The provider's device signs for the customer.",
     status='sent', counts=[])(not_bound)


def never_joined():
    scene = Scene().sent().ready(CUSTOMER)
    scene.sign(CUSTOMER, by=Party(98, 'customer'))
    return scene


case('038-signed-by-a-stranger', 'incomplete', 'event.waits_for_key', 'A key that never joined signs.', status='sent',
     counts=[])(never_joined)


def before_joining():
    """A key acts with no join in its past; the join stands beside."""
    scene = Scene().sent()
    sent = scene.heads()
    scene.join(CUSTOMER)
    scene.write(CUSTOMER, 'document.presented', {
        'recipient': 'customer', 'revision': scene.revision, 'text': scene.revision, 'rendering': scene.revision,
        'locale': 'en', 'reached': {'units': 1, 'of': 1}}, on=sent)
    return scene


case('038-act-without-its-join', 'notSealed', 'recipient.key_not_bound', status='sent')(before_joining)


def forged_before_join():
    """A forgery under a key that is introduced only later in the file."""
    scene = Scene().sent()
    sent = scene.heads()
    scene.join(CUSTOMER)
    order = scene.event_lines()
    number = 0
    while True:  # until it stands before the join in the order of the file
        number += 1
        payload = scene.payload(CUSTOMER, 'document.presented', {'recipient': 'customer'}, on=sent, change={'at': number})
        event = scene.put(CUSTOMER, payload, scene.store(CUSTOMER, payload, sign=lambda message: STRANGER.sign(message)))
        lines = scene.event_lines()
        if lines[-1] == order[-1]:
            return scene
        del scene.events[event], scene.parents[event]
        scene.last[CUSTOMER.kid] = scene.heads()[0]


case('038-forged-before-join', 'invalid', 'event.bad_signature', forged_before_join.__doc__, status='sent')(forged_before_join)


def alternate_thumbprint():
    """kid is the hash of the same key in another JWK spelling."""
    jwk = b'{"kty":"OKP","crv":"Ed25519","x":"%s"}' % OWNER.x.encode()
    scene = Scene()
    scene.create(header=header_of(encode(sha256(jwk))))
    return scene


case('043-other-thumbprint', 'invalid', 'event.wrong_key', 'A kid from another spelling of the JWK.')(alternate_thumbprint)


def stolen_link():
    scene = Scene().sent()
    scene.join(CUSTOMER, link=Key(66))
    return scene


case('000-join-without-the-link', 'notSealed', 'recipient.bad_proof', 'A proof by somebody who never had the link.',
     status='sent')(stolen_link)


def proof_for_another(change):
    scene = Scene().sent()
    named = {'env': scene.env, 'recipient': 'customer', 'x': CUSTOMER.x, **change}
    proof = LINKS['customer'].sign(decode(tagged_json('countersign-join/v1', named)))
    scene.join(CUSTOMER, change={'proof': encode(proof)})
    return scene


for name, change in (('device', {'x': LAPTOP.x}), ('recipient', {'recipient': 'provider'}), ('envelope', {'env': 'A' * 43})):
    case('045-proof-for-another-' + name, 'notSealed', 'recipient.bad_proof', 'A proof made for something else.', status='sent')(
        lambda c=change: proof_for_another(c))


def key_of_another():
    """A join signed by one key and naming another."""
    scene = Scene().sent()
    scene.join(LAPTOP)
    body = {'recipient': 'customer', 'key': {'x': CUSTOMER.x}, 'proof': encode(bytes(64))}
    scene.write(LAPTOP, 'recipient.joined', body)
    return scene


case('000-join-for-another-key', 'invalid', 'event.not_permitted', status='sent')(key_of_another)


def by_other_owner():
    scene = Scene()
    scene.create({'owner/x': RECOVERY.x})
    return scene


case('000-genesis-by-another-key', 'invalid', 'event.wrong_key', 'A genesis signed by another key than it names.')(by_other_owner)
