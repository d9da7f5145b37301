"""What a template has against the values of somebody who signs: core/FORMAT.md section 6, "Admissible".

Rules that are more than one bool field (`show`, `check`, `required`, `when`, validations) are not run here: then the
answer is unknown, which is no objection.
"""
import re
from fractions import Fraction

from canonical import Refused
from document import NotDone, variable
from event import fixed

BY_SIGNING = ('sign', 'initial', 'signdate')
UNKNOWN = object()


def _rule(rule, values):
    """True, False or UNKNOWN."""
    if isinstance(rule, bool):
        return rule
    try:
        kind, name = variable(rule)
    except NotDone:
        return UNKNOWN
    value = values.get(name)
    return value if kind == 'bool' and isinstance(value, bool) else UNKNOWN


def _blanks(text, field):
    """True where the field's blank stands in a text; UNKNOWN where it depends on a branch."""
    found = False
    for piece in text:
        if not isinstance(piece, dict):
            continue
        (kind, inner), = piece.items()
        if kind == 'blank':
            found = found or inner == field
        elif kind == 'if':
            if any(_blanks(branch['text'], field) for branch in inner):
                found = found or UNKNOWN
        elif kind in ('strong', 'em'):
            found = found or _blanks(inner, field)
        elif kind in ('link', 'cell', 'each'):
            found = found or _blanks(inner['text'], field)
    return found


def _places(units, field, values, around=True):
    """For each unit with a blank of the field: whether it stands."""
    for unit in units:
        holds = _rule(unit['when'], values) if 'when' in unit else True
        there = around if around is not True else holds
        blank = _blanks(unit.get('text', []), field)
        if blank:
            yield there if blank is True or there is not True else UNKNOWN
        yield from _places(unit.get('units', []), field, values, there)


def _applies(template, field, values):
    places = list(_places(template['units'], field['id'], values))
    applies = True
    if places and True not in places:
        applies = UNKNOWN if UNKNOWN in places else False
    if applies is not False and 'show' in field:
        shown = _rule(field['show'], values)
        applies = applies if shown is True else shown
    return applies


def _value(type_, plain):
    """The plain form as something to compare; None where it has no order or equality here."""
    if type_ == 'decimal':
        return Fraction(plain)
    if type_.startswith('money'):
        return plain[1], Fraction(plain[0])
    if type_ == 'int':
        return int(plain)
    if type_ == 'period':
        sign = -1 if plain.startswith('-') else 1
        parts = {unit: int(number) for number, unit in re.findall(r'(\d+)([YMWD])', plain)}
        return (sign * (12 * parts.get('Y', 0) + parts.get('M', 0)), sign * (7 * parts.get('W', 0) + parts.get('D', 0)))
    return plain


def _option(type_, text):
    if type_.startswith('money('):
        return _value(type_, [text, type_[6:9]])
    if type_ == 'bool':
        return text == 'true'
    return _value(type_, text)


def is_file(value):
    """Whether a value of the type says one file."""
    if set(value) != {'blob', 'name', 'sha256', 'size'}:
        return False
    try:
        fixed(value['blob'], 32)
    except Refused:
        return False
    name = value['name']
    misleads = re.search('[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]', name)
    return (1 <= len(name.encode()) <= 255 and not misleads and re.fullmatch('[0-9a-f]{64}', value['sha256']) is not None
            and isinstance(value['size'], int) and 0 <= value['size'] <= 4_194_288)


def _fault(field, plain):
    """What a value that is not empty breaks; None where it may stand."""
    if field['kind'] == 'file' and not is_file(plain):
        return 'field.wrong_type'
    type_, is_list = field['type'], field['type'].startswith('list(')
    item = type_[5:-1] if is_list else type_
    if 'options' in field:
        options = [_option(item, option['value']) for option in field['options']]
        if any(_value(item, part) not in options for part in (plain if is_list else [plain])):
            return 'field.not_an_option'
    if type_ == 'string' and len(plain) > field.get('maxLength', 10_000):
        return 'field.too_long'
    if is_list and len(plain) > field.get('maxLength', 1_000):
        return 'field.too_long'
    for name, code, sign in (('min', 'field.too_small', 1), ('max', 'field.too_large', -1)):
        if name not in field:
            continue
        if type_ == 'period' or is_list or type_.startswith('record('):  # no order: nothing is within it
            return code
        value, bound = _value(type_, plain), _value(type_, field[name])
        if type_.startswith('money'):
            if value[0] != bound[0]:
                return code
            value, bound = value[1], bound[1]
        if type_ == 'string':
            value, bound = value.encode(), bound.encode()
        if (value < bound) if sign > 0 else (value > bound):
            return code
    return None


def objections(template, known, role):
    """[(code, field)] against the fields of a role (None: the sender), judged by the values that are known."""
    values = {name: value for name, value in known.items() if value is not None}
    found = []
    for field in template['fields']:
        if field.get('role') != role or field['kind'] in BY_SIGNING:
            continue
        value = values.get(field['id'])
        applies = _applies(template, field, values)
        if value is not None and applies is not False:
            code = _fault(field, value)
            if code is None and 'check' in field and _rule(field['check'], values) is False:
                code = 'field.check_failed'
            if code:
                found.append((code, field['id']))
                continue
        empty = value is None or value == '' or (field['kind'] == 'check' and value is False)
        if role is not None and empty and applies is True and _rule(field['required'], values) is True:
            found.append(('field.required', field['id']))
        elif value is not None and applies is False and role is not None:
            found.append(('field.not_shown', field['id']))
    for validation in template['validations']:
        if validation['level'] == 'error' and _rule(validation['check'], values) is False:
            found.append(('field.check_failed', validation.get('field')))
    return found
