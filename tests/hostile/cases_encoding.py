"""Encoding and parser: what a line of an event may look like. The fault is in the last event of an envelope that was
sent; every changed event is signed again by the key it names, so that nothing but the encoding is wrong."""
from kit import case
from scene import CUSTOMER, OWNER, Scene, header_of

BODY = {'recipient': 'customer', 'channel': 'link', 'outcome': 'sent'}


def last(**how):
    """The envelope, and a delivery.recorded by the owner as its last event, changed."""
    return Scene().sent().attach(OWNER, 'delivery.recorded', BODY, **how)


def refused(name, detail, why='', code='bundle.bad_event', **how):
    case(name, 'invalid', code, why, detail=detail)(lambda: last(**how))


case('000-good', 'valid', None, 'A completed envelope: everything fits.', status='completed',
     counts=['customer', 'provider'])(lambda: Scene().completed())
case('000-good-sent', 'notSealed', 'envelope.not_sealed', 'An envelope that was sent: nobody signed yet.',
     status='sent', counts=[])(lambda: last())


def segments(change):
    def text(stored):
        parts = stored.split(b'.')
        return b'.'.join(change(parts))
    return text


def bits(index):
    """Sets an unused bit of the last character of a segment: the same bytes for a lax decoder."""
    alphabet = b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

    def change(parts):
        segment = parts[index]
        value = alphabet.index(segment[-1])
        parts[index] = segment[:-1] + alphabet[value | 1:][:1]
        assert len(segment) % 4 and value % 2 == 0
        return parts
    return segments(change)


refused('001-unused-bits-of-signature', 'event.not_jws', 'Unused bits of base64url that are not zero.', text=bits(2))
refused('002-padding', 'event.not_jws', 'Base64url with padding.', text=lambda s: s + b'==')
refused('002-padding-inside', 'event.not_jws', 'Padding in the middle.',
        text=segments(lambda p: [p[0], p[1] + b'=', p[2]]))
refused('003-space', 'event.not_jws', 'A space in a segment.', text=segments(lambda p: [p[0], b' ' + p[1], p[2]]))
refused('003-tab', 'event.not_jws', 'A tab in a segment.', text=segments(lambda p: [p[0], p[1], p[2][:9] + b'\t' + p[2][9:]]))
refused('003-carriage-return', 'event.not_jws', 'A line that ends in CR LF.', text=lambda s: s + b'\r')
case('003-newline', 'invalid', 'bundle.bad_line', 'A line end within a segment.')(
    lambda: last(text=lambda s: s[:300] + b'\n' + s[300:]))
refused('004-plus-and-slash', 'event.not_jws', 'The alphabet of base64 instead of base64url.',
        text=lambda s: s.replace(b'-', b'+').replace(b'_', b'/'))
refused('005-extra-dot', 'event.not_jws', 'A dot at the end.', text=lambda s: s + b'.')
refused('005-fourth-segment', 'event.not_jws', 'A fourth segment.', text=lambda s: s + b'.AAAA')
refused('005-two-segments', 'event.not_jws', 'No signature segment.', text=lambda s: s[:s.rindex(b'.')])
for place, name in enumerate(('header', 'payload', 'signature')):
    refused('006-empty-' + name, 'event.not_jws', 'An empty segment.',
            text=segments(lambda p, i=place: [b'' if j == i else part for j, part in enumerate(p)]))
refused('006-short-signature', 'event.not_jws', 'A signature of 63 bytes.', text=lambda s: s[:-2])


def header(name, make, number):
    refused('%03d-%s' % (number, name), 'event.bad_header', 'The header is not exactly the one of an event.',
            header=make(header_of(OWNER.kid)))


header('header-member-order', lambda h: b'{"kid":"%s","alg":"EdDSA","typ":"countersign-event+jws"}' % OWNER.kid.encode(), 7)
header('header-space', lambda h: h.replace(b',', b', '), 8)
header('header-newline-behind', lambda h: h + b'\n', 8)
for alg in ('none', 'HS256', 'ES256', 'Ed25519', 'eddsa'):
    header('header-alg-' + alg, lambda h, a=alg: h.replace(b'EdDSA', a.encode()), 9)
for member in ('"crit":["b64"]', '"b64":false', '"jwk":{}', '"jku":"https://example.org"', '"x5c":[]', '"zip":"DEF"'):
    header('header-' + member.split('"')[1], lambda h, m=member: h[:-1] + b',' + m.encode() + b'}', 10)
header('header-typ', lambda h: h.replace(b'event+jws', b'receipt+jws'), 34)


def payload(name, detail, raw, why=''):
    refused(name, detail, why, raw=raw)


payload('011-duplicate-name', 'json.duplicate_name', lambda b: b.replace(b'"at":', b'"at":1,"at":', 1))
payload('012-duplicate-name-by-escape', 'json.duplicate_name', lambda b: b.replace(b'"at":', b'"\\u0061t":1,"at":', 1))
payload('013-nul-and-more', 'json.syntax', lambda b: b + b'\0garbage')
payload('014-byte-order-mark', 'json.syntax', lambda b: b'\xef\xbb\xbf' + b)
payload('015-trailing-comma', 'json.syntax', lambda b: b[:-1] + b',}')
payload('015-second-value', 'json.syntax', lambda b: b + b'{}')
payload('016-fraction', 'json.number_not_integer', lambda b: b.replace(b'"seq":5', b'"seq":5.5'))
payload('016-fraction-of-zero', 'json.number_not_integer', lambda b: b.replace(b'"seq":5', b'"seq":5.0'))
payload('016-exponent', 'json.number_not_integer', lambda b: b.replace(b'"seq":5', b'"seq":5e0'))
payload('016-minus-zero', 'json.number_not_integer', lambda b: b.replace(b'"seq":5', b'"seq":-0'))
for name, number in (('two-to-53', b'9007199254740992'), ('two-to-64', b'18446744073709551616'),
                     ('four-hundred-digits', b'9' * 400)):
    payload('017-' + name, 'json.number_not_integer', lambda b, n=number: b.replace(b'"seq":5', b'"seq":' + n))


def outcome(new):
    return lambda b: b.replace(b'"outcome":"sent"', b'"outcome":"' + new + b'"')


payload('018-lone-surrogate', 'json.syntax', outcome(b'\\ud800'))
payload('018-surrogate-as-bytes', 'text.not_utf8', outcome(b'\xed\xa0\x80'))
payload('018-overlong', 'text.not_utf8', outcome(b'\xc0\xaf'))
payload('018-cesu', 'text.not_utf8', outcome(b'\xed\xa0\xbd\xed\xb8\x80'))
payload('019-name-not-ascii', 'json.name_not_ascii', lambda b: b[:-1] + ',"ä":1}'.encode())
payload('020-unsorted', 'json.not_canonical',
        lambda b: b'{"v":1,' + b[1:].replace(b',"v":1', b''))
payload('020-escape-nobody-needs', 'json.not_canonical', outcome(b'se\\u006et'))
payload('020-white-space', 'json.not_canonical', lambda b: b.replace(b'"seq":5', b'"seq": 5'))
payload('021-depth-17', 'json.too_deep',
        lambda b: b.replace(b'"outcome":"sent"', b'"outcome":' + b'[' * 15 + b']' * 15))
payload('021-depth-30000', 'json.too_deep',
        lambda b: b.replace(b'"outcome":"sent"', b'"outcome":' + b'[' * 30000 + b']' * 30000))
payload('022-one-byte-too-large', 'json.too_large',
        lambda b: b.replace(b'"sent"', b'"' + b's' * (65_537 - len(b) + 4) + b'"'))
payload('023-unknown-member', 'schema.unknown_member', lambda b: b.replace(b'"v":1', b'"v":1,"w":1'))
payload('023-missing-member', 'schema.missing_member', lambda b: b.replace(b'"seq":5,', b''))
payload('023-payload-a-list', 'schema.wrong_type', lambda b: b'[' + b + b']')
payload('023-at-a-text', 'schema.wrong_type', lambda b: b.replace(b'"at":', b'"at":"1","bt":').replace(b',"bt":1763798760000', b''))
payload('024-bad-type', 'event.bad_type', lambda b: b.replace(b'delivery.recorded', b'delivery'))

NEWER = 'needsNewerVersion'
case('023-unknown-member-of-body', NEWER, 'schema.unknown_member',
     'A member of a body that this version does not know: an old program must not call it wrong.', status='sent')(
    lambda: last(change={'body/later': 1}))
case('023-unknown-member-deep-in-body', NEWER, 'schema.unknown_member', 'The same, in an object within.', status='sent')(
    lambda: after_join(change={'body/reached/later': 1}))


def after_join(**how):
    scene = Scene().sent()
    scene.join(CUSTOMER)
    body = {'recipient': 'customer', 'revision': scene.revision, 'text': scene.revision, 'rendering': scene.revision,
            'locale': 'en', 'reached': {'units': 1, 'of': 1}}
    return scene.attach(CUSTOMER, 'document.presented', body, **how)


case('024-unknown-type', NEWER, 'event.unknown_type', 'A type of a later version.', status='sent')(
    lambda: last(change={'type': 'delivery.dreamt'}))
case('024-unknown-version', NEWER, 'event.unknown_version', 'An event of a later version.', status='sent')(
    lambda: last(change={'v': 2}))
case('024-unknown-version-and-member', NEWER, 'event.unknown_version', 'With what that version adds.', status='sent')(
    lambda: last(change={'v': 2, 'w': []}))
case('024-unknown-suite', NEWER, 'event.unknown_suite', 'An envelope of a later suite.')(lambda: genesis({'suite': 'CSG-2'}))


def forged(**how):
    """By somebody without the key."""
    return last(sign=lambda message: CUSTOMER.sign(message), **how)


case('024-unknown-version-forged', 'invalid', 'event.bad_signature',
     'A changed byte must not pass for a later version: the signature is looked at first.')(
    lambda: forged(change={'v': 2}))
case('024-unknown-type-forged', 'invalid', 'event.bad_signature', 'The same for a type.')(
    lambda: forged(change={'type': 'delivery.dreamt'}))


def genesis(change=None, **how):
    scene = Scene()
    scene.create(change, **how)
    return scene


RESERVED = ('receipt.issued', 'timestamp.issued')
for type_ in RESERVED:
    case('024-reserved-' + type_, NEWER, 'event.reserved_type', 'A type whose rules are not written yet.', status='draft')(
        lambda t=type_: genesis().attach(OWNER, t, {}))

case('025-proto-in-body', NEWER, 'schema.unknown_member', 'A member named __proto__ is a member like any other.',
     status='sent')(lambda: last(change={'body/__proto__': {'recipient': 'provider'}}))


def proto_in_detail():
    scene = Scene().sent()
    scene.ready(CUSTOMER, skip=('commit',))
    salt = scene.salt()
    detail = scene.blob({'salt': salt, '__proto__': {'values': {}}, 'was': {}, 'values': {'contact': 'Ana', 'phone': True}})
    scene.write(CUSTOMER, 'fields.committed', {
        'recipient': 'customer', 'revision': scene.revision, 'fields': ['contact', 'phone'], 'detail': detail})
    return scene


case('025-proto-in-detail', 'notSealed', 'envelope.not_sealed', 'In a detail it is content.', status='sent')(proto_in_detail)


def body(name, code, change, why='', **how):
    """A body that is not what its type says stands without effect."""
    case('000-body-' + name, 'invalid', code, why or 'A body that its type does not allow.', status='sent')(
        lambda: last(change={'body/' + path: value for path, value in change.items()}, **how))


body('word', 'schema.bad_value', {'outcome': 'eaten'})
body('type-of-member', 'schema.wrong_type', {'outcome': 1})
body('recipient-id', 'schema.bad_value', {'recipient': 'Customer'})
body('recipient-id-of-33', 'schema.bad_value', {'recipient': 'c' * 33})
body('null-for-absent', 'schema.wrong_type', {'detail': None})
body('short-hash', 'bytes.wrong_length', {'detail': 'AAAA'})
body('hash-with-unused-bits', 'bytes.not_base64url', {'detail': 'A' * 42 + 'B'})
case('000-body-missing-member', 'invalid', 'schema.missing_member', 'A member is missing.', status='sent')(
    lambda: last(raw=lambda b: b.replace(b',"outcome":"sent"', b'')))


def sign_with(change):
    scene = Scene().sent().ready(CUSTOMER)
    scene.sign(CUSTOMER, statement=change)
    return scene


for name, change in (('offset', {'timeZone': '+19:00'}), ('offset-without-colon', {'timeZone': '+0100'}),
                     ('two-documents', {'documents': [{'sha256': 'A' * 43, 'size': 1}] * 2}),
                     ('no-document', {'documents': []}), ('negative-size', {'documents/0/size': -1}),
                     ('gesture', {'intent/gesture': 'nod'}), ('mark-kind', {'mark/kind': 'uploaded'}),
                     ('empty-intent', {'intent/text': ''}), ('long-intent', {'intent/text': 'x' * 257})):
    case('000-statement-' + name, 'invalid', 'schema.bad_value', 'A statement outside its form.', status='sent', counts=[])(
        lambda c=change: sign_with(c))
