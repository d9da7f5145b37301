"""One stored event, from core/FORMAT.md section 2: what can be said of it without any other event."""
import re

from canonical import EVENT_LIMITS, MAX_INT, Refused, decode, encode, read, sha256, tagged

MAX_STORED = 98_304
MAX_SEEN = 16
_SEGMENT = re.compile(r'[A-Za-z0-9_-]+')
_TYPE = re.compile(r'[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)+')
_HEADER = re.compile(r'\{"alg":"EdDSA","kid":"([A-Za-z0-9_-]{43})","typ":"countersign-event\+jws"\}')


def thumbprint(key):
    """RFC 7638, of a raw Ed25519 public key."""
    return encode(sha256(b'{"crv":"Ed25519","kty":"OKP","x":"' + encode(key).encode() + b'"}'))


def fixed(value, size):
    if not isinstance(value, str):
        raise Refused('schema.wrong_type')
    data = decode(value)
    if len(data) != size:
        raise Refused('bytes.wrong_length')
    return value


def by_bytes(identifier):
    """The key by which ids and references are sorted."""
    return decode(identifier)


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


class Event:
    """The members as strings and numbers; `signing_input`, `signature` and `stored` as bytes."""

    def __init__(self, stored):
        if len(stored) > MAX_STORED:
            raise Refused('event.too_large')
        self.stored = stored
        try:
            segments = stored.decode('ascii').split('.')
        except UnicodeDecodeError:
            raise Refused('event.not_jws') from None
        if len(segments) != 3 or not all(_SEGMENT.fullmatch(segment) for segment in segments):
            raise Refused('event.not_jws')
        try:
            header, payload, self.signature = (decode(segment) for segment in segments)
        except Refused:
            raise Refused('event.not_jws') from None
        if len(self.signature) != 64:
            raise Refused('event.not_jws')
        self.signing_input = stored[:stored.rindex(b'.')]
        self.id = encode(tagged('countersign-event-id/v1', self.signing_input))
        self._read_header(header)
        self._read_payload(read(payload, EVENT_LIMITS))

    def _read_header(self, header):
        match = _HEADER.fullmatch(header.decode('latin-1'))
        if not match:
            raise Refused('event.bad_header')
        try:
            self.kid = fixed(match[1], 32)
        except Refused:
            raise Refused('event.bad_header') from None

    def _read_payload(self, payload):
        if not isinstance(payload, dict):
            raise Refused('schema.wrong_type')
        left = dict(payload)

        def take(name, optional=False):
            if name not in left:
                if optional:
                    return None
                raise Refused('schema.missing_member', name)
            return left.pop(name)

        def integer(name, low):
            value = take(name)
            if not is_int(value):
                raise Refused('schema.wrong_type', name)
            if value < low:
                raise Refused('schema.bad_value', name)
            return value

        if integer('v', 0) != 1:
            raise Refused('event.unknown_version')
        has_after, has_env = 'after' in left, 'env' in left
        self.after = fixed(take('after'), 32) if has_after else None
        self.at = integer('at', -MAX_INT)
        self.body = take('body')
        if not isinstance(self.body, dict):
            raise Refused('schema.wrong_type', 'body')
        self.chain = fixed(take('chain'), 16)
        self.env = fixed(take('env'), 32) if has_env else None
        prev = take('prev')
        self.prev = None if prev is None else fixed(prev, 32)
        self.salt = fixed(take('salt'), 16)
        self.seen = take('seen')
        if not isinstance(self.seen, list) or not all(isinstance(item, str) for item in self.seen):
            raise Refused('schema.wrong_type', 'seen')
        if len(self.seen) > MAX_SEEN:
            raise Refused('event.too_many_seen')
        seen = [by_bytes(fixed(item, 32)) for item in self.seen]
        if any(not a < b for a, b in zip(seen, seen[1:])):
            raise Refused('event.bad_seen')
        self.seq = integer('seq', 0)
        self.type = take('type')
        if not isinstance(self.type, str):
            raise Refused('schema.wrong_type', 'type')
        if left:
            raise Refused('schema.unknown_member', min(left))
        if len(self.type) > 64 or not _TYPE.fullmatch(self.type):
            raise Refused('event.bad_type')
        if self.prev in self.seen:
            raise Refused('event.bad_seen')
        if self.env is None:
            if self.prev is not None or self.seen or self.seq != 0 or self.after is not None:
                raise Refused('event.bad_genesis')
        elif self.prev is None and not self.seen:
            raise Refused('event.no_parents')
