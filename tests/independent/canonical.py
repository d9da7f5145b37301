"""Canonical JSON and hashes, from core/FORMAT.md sections 1 and 2. Standard library only.

A reader of its own: json.loads takes duplicate names, NaN and lone surrogates, which this format refuses.
"""
import base64
import hashlib

MAX_INT = 2**53 - 1
EVENT_LIMITS = (65_536, 16, 4_096)  # bytes, depth, items
DETAIL_LIMITS = (262_144, 16, 4_096)
DOCUMENT_LIMITS = (8_388_608, 128, 200_000)

_SHORT = {'"': '\\"', '\\': '\\\\', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r'}
_ESCAPED = {'"': '"', '\\': '\\', '/': '/', 'b': '\b', 't': '\t', 'n': '\n', 'f': '\f', 'r': '\r'}


class Refused(Exception):
    """Outside data that is refused, with the code of FORMAT.md."""

    def __init__(self, code, detail=''):
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def decode(text):
    """Base64url without padding, in its one spelling."""
    if not isinstance(text, str) or not text.isascii():
        raise Refused('bytes.not_base64url')
    if any(not (c.isalnum() or c in '-_') for c in text) or len(text) % 4 == 1:
        raise Refused('bytes.not_base64url')
    data = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
    if encode(data) != text:  # unused bits that are not zero
        raise Refused('bytes.not_base64url')
    return data


def sha256(data):
    return hashlib.sha256(data).digest()


def ref_of(data):
    return encode(sha256(data))


def tagged(tag, data):
    """H(tag, bytes): SHA-256 of the tag, a zero byte and the bytes."""
    return sha256(tag.encode() + b'\0' + data)


def tagged_json(tag, value):
    return encode(tagged(tag, write(value)))


def _write_string(text):
    out = []
    for c in text:
        if c in _SHORT:
            out.append(_SHORT[c])
        elif c < ' ':
            out.append('\\u%04x' % ord(c))
        else:
            out.append(c)
    return '"' + ''.join(out) + '"'


def _write(value):
    if value is None:
        return 'null'
    if value is True:
        return 'true'
    if value is False:
        return 'false'
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _write_string(value)
    if isinstance(value, list):
        return '[' + ','.join(_write(item) for item in value) + ']'
    return '{' + ','.join(_write_string(name) + ':' + _write(value[name]) for name in sorted(value)) + '}'


def write(value):
    """The canonical bytes of None, bool, int, str, list and dict."""
    return _write(value).encode()


class _Reader:
    def __init__(self, text, limits):
        self.text = text
        self.at = 0
        _, self.max_depth, self.max_items = limits

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ''

    def space(self):
        while self.peek() and self.peek() in ' \t\n\r':
            self.at += 1

    def take(self, expected):
        if not self.text.startswith(expected, self.at):
            raise Refused('json.syntax')
        self.at += len(expected)

    def value(self, depth):
        self.space()
        c = self.peek()
        if c == '{':
            return self.object(depth + 1)
        if c == '[':
            return self.array(depth + 1)
        if c == '"':
            return self.string()
        for word, value in (('true', True), ('false', False), ('null', None)):
            if c == word[0]:
                self.take(word)
                return value
        return self.number()

    def open(self, depth):
        if depth > self.max_depth:
            raise Refused('json.too_deep')
        self.at += 1
        self.space()

    def object(self, depth):
        self.open(depth)
        members = []
        if self.peek() == '}':
            self.at += 1
            return {}
        while True:
            self.space()
            if self.peek() != '"':
                raise Refused('json.syntax')
            name = self.string()
            if len(members) >= self.max_items:
                raise Refused('json.too_many_items')
            if not name.isascii():
                raise Refused('json.name_not_ascii')
            self.space()
            self.take(':')
            members.append((name, self.value(depth)))
            self.space()
            if self.peek() == '}':
                break
            self.take(',')
        self.at += 1
        if len(dict(members)) != len(members):
            raise Refused('json.duplicate_name')
        return dict(members)

    def array(self, depth):
        self.open(depth)
        items = []
        if self.peek() == ']':
            self.at += 1
            return items
        while True:
            value = self.value(depth)
            if len(items) >= self.max_items:
                raise Refused('json.too_many_items')
            items.append(value)
            self.space()
            if self.peek() == ']':
                break
            self.take(',')
        self.at += 1
        return items

    def hex4(self):
        digits = self.text[self.at:self.at + 4]
        if len(digits) != 4 or any(c not in '0123456789abcdefABCDEF' for c in digits):
            raise Refused('json.syntax')
        self.at += 4
        return int(digits, 16)

    def string(self):
        self.take('"')
        out = []
        while True:
            c = self.peek()
            if c == '' or c < ' ':
                raise Refused('json.syntax')
            self.at += 1
            if c == '"':
                return ''.join(out)
            if c != '\\':
                out.append(c)
                continue
            c = self.peek()
            self.at += 1
            if c in _ESCAPED and c:
                out.append(_ESCAPED[c])
            elif c == 'u':
                unit = self.hex4()
                if 0xD800 <= unit < 0xDC00:
                    self.take('\\u')
                    low = self.hex4()
                    if not 0xDC00 <= low < 0xE000:
                        raise Refused('json.syntax')
                    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
                elif 0xDC00 <= unit < 0xE000:
                    raise Refused('json.syntax')
                out.append(chr(unit))
            else:
                raise Refused('json.syntax')

    def digits(self):
        start = self.at
        while self.peek() and self.peek() in '0123456789':
            self.at += 1
        if self.at == start:
            raise Refused('json.syntax')
        return self.text[start:self.at]

    def number(self):
        negative = self.peek() == '-'
        if negative:
            self.at += 1
        if self.peek() == '0':
            self.at += 1
            whole = '0'
        else:
            whole = self.digits()
        integer = True
        if self.peek() == '.':
            self.at += 1
            self.digits()
            integer = False
        if self.peek() and self.peek() in 'eE':
            self.at += 1
            if self.peek() and self.peek() in '+-':
                self.at += 1
            self.digits()
            integer = False
        if not integer or len(whole) > 16 or int(whole) > MAX_INT or (negative and whole == '0'):
            raise Refused('json.number_not_integer')
        return -int(whole) if negative else int(whole)


def read(data, limits):
    """The value of canonical bytes; Refused with the code that FORMAT.md section 1 names."""
    if len(data) > limits[0]:
        raise Refused('json.too_large')
    try:
        text = data.decode('utf-8')  # strict: no surrogates, no overlong forms
    except UnicodeDecodeError:
        raise Refused('text.not_utf8') from None
    reader = _Reader(text, limits)
    value = reader.value(0)
    reader.space()
    if reader.at != len(text):
        raise Refused('json.syntax')
    if write(value) != data:
        raise Refused('json.not_canonical')
    return value
