"""The form of a compiled template: core/FORMAT.md section 6. Refused where it has not that form.

Members and their types, places of fields and roles that are named, and locks. What an expression is, and whether its
values have their types, is not looked into: whatever reads such a part has to hold it back itself.
"""
from canonical import Refused, tagged_json

TEXT, WHOLE, FLAG, LIST, OBJECT, ANY = 'text', 'whole', 'flag', 'list', 'object', 'any'
KINDS = ('value', 'sign', 'initial', 'signdate', 'check', 'input', 'select', 'file')
NUMBERINGS = ('sections', 'items', 'none', 'outline', 'mixed')
_TYPES = {TEXT: str, LIST: list, OBJECT: dict}
_TOP = {'format': TEXT, 'engine': TEXT, 'id': TEXT, 'version': WHOLE, 'title': TEXT, 'locale': TEXT, 'source': TEXT,
        'library?': LIST, 'numbering': TEXT, 'roles': LIST, 'fields': LIST, 'computed': LIST, 'validations': LIST,
        'workflow': OBJECT, 'consent?': OBJECT, 'approvals': LIST, 'units': LIST, 'words?': TEXT, 'locks': LIST,
        'textRoles': LIST}
_ROLE = {'id': TEXT, 'label': TEXT, 'signs': FLAG, 'order': WHOLE}
_FIELD = {'id': TEXT, 'kind': TEXT, 'type': TEXT, 'role?': TEXT, 'label': TEXT, 'required': ANY, 'show?': OBJECT,
          'check?': OBJECT, 'source?': OBJECT, 'options?': LIST, 'min?': ANY, 'max?': ANY, 'default?': ANY,
          'maxLength?': WHOLE, 'sensitive?': FLAG, 'help?': TEXT, 'message?': TEXT, 'placeholder?': TEXT,
          'autocomplete?': TEXT, 'inputMode?': TEXT}
_COMPUTED = {'id': TEXT, 'label': TEXT, 'type': TEXT, 'expression': OBJECT}
_VALIDATION = {'id': TEXT, 'check': OBJECT, 'message': TEXT, 'level': TEXT, 'field?': TEXT}
_CONSENT = {'id': TEXT, 'version': TEXT, 'locale': TEXT, 'summary': TEXT, 'slots': OBJECT}
_SLOTS = dict.fromkeys(('paperOption', 'scope', 'withdrawal', 'contactUpdate', 'copy', 'requirements'), TEXT)
_APPROVAL = {'when': OBJECT, 'by': TEXT, 'why': TEXT}
_EACH = {'name': TEXT, 'in': OBJECT}
_UNIT = {'id': TEXT, 'kind': TEXT, 'each?': OBJECT, 'when?': OBJECT, 'omitted?': LIST, 'keep?': FLAG, 'lock?': OBJECT}
_UNITS = {'section': {'level': WHOLE, 'unnumbered?': FLAG, 'restart?': TEXT, 'text': LIST, 'units': LIST},
          'paragraph': {'text': LIST}, 'group': {'units': LIST}, 'list': {'style': TEXT, 'units': LIST},
          'item': {'units': LIST}, 'table': {'text': LIST, 'units': LIST}, 'row': {'text': LIST}}


def _shape(value, members):
    if not isinstance(value, dict):
        raise Refused('schema.wrong_type')
    names = {name.rstrip('?'): type_ for name, type_ in members.items()}
    for name, type_ in members.items():
        if name not in value:
            if name.endswith('?'):
                name = name[:-1]
                if name not in value:
                    continue
            else:
                raise Refused('schema.missing_member')
        member = value[name]
        if type_ == ANY:
            continue
        if type_ == FLAG:
            fits = isinstance(member, bool)
        elif type_ == WHOLE:
            fits = isinstance(member, int) and not isinstance(member, bool)
        else:
            fits = isinstance(member, _TYPES[type_])
        if not fits:
            raise Refused('schema.wrong_type')
    if not set(value) <= set(names):
        raise Refused('schema.unknown_member')


def _of(value, allowed):
    if value not in allowed:
        raise Refused('schema.bad_value')


class _Form:
    def __init__(self, template):
        self.template = template
        self.fields = {}
        self.roles = set()
        self.locks = []

    def check(self):
        template = self.template
        _shape(template, _TOP)
        _of(template['numbering'], NUMBERINGS)
        for role in template['roles']:
            _shape(role, _ROLE)
            self.roles.add(role['id'])
        for field in template['fields']:
            self._field(field)
        for entry in template['computed']:
            _shape(entry, _COMPUTED)
        for entry in template['validations']:
            _shape(entry, _VALIDATION)
            _of(entry['level'], ('error', 'warning'))
        _shape(template['workflow'], {'expires?': TEXT})
        if 'consent' in template:
            _shape(template['consent'], _CONSENT)
            _shape(template['consent']['slots'], _SLOTS)
        for entry in template['approvals']:
            _shape(entry, _APPROVAL)
        self._units(template['units'], 0)
        for name in ('library', 'textRoles'):
            if not all(isinstance(entry, str) for entry in template.get(name, [])):
                raise Refused('schema.wrong_type')
        if not set(template['textRoles']) <= self.roles:
            raise Refused('template.bad_reference')
        for lock in template['locks']:
            _shape(lock, {'unit': TEXT, 'content': TEXT})
        if [(lock['unit'], lock['content']) for lock in template['locks']] != self.locks:
            raise Refused('template.lock_broken')

    def _field(self, field):
        _shape(field, _FIELD)
        _of(field['kind'], KINDS)
        if ('role' in field) != (field['kind'] != 'value'):
            raise Refused('schema.bad_value')
        if 'role' in field and field['role'] not in self.roles:
            raise Refused('template.bad_reference')
        if not isinstance(field['required'], (bool, dict)):
            raise Refused('schema.wrong_type')
        for option in field.get('options', []):
            _shape(option, {'value': TEXT, 'label': TEXT})
        if field['id'] in self.fields:
            raise Refused('template.duplicate_id')
        self.fields[field['id']] = field

    def _units(self, units, depth):
        if depth > 20:
            raise Refused('template.too_deep')
        for unit in units:
            if not isinstance(unit, dict):
                raise Refused('schema.wrong_type')
            kind = unit.get('kind')
            if not isinstance(kind, str):
                raise Refused('schema.missing_member' if kind is None else 'schema.wrong_type')
            _of(kind, _UNITS)
            _shape(unit, {**_UNIT, **_UNITS[kind]})
            if 'each' in unit:
                _shape(unit['each'], _EACH)
            if 'lock' in unit:
                self._lock(unit)
            for name in ('text', 'omitted'):
                self._text(unit.get(name, []), depth + 1)
            self._units(unit.get('units', []), depth + 1)

    def _lock(self, unit):
        _shape(unit['lock'], {'source': TEXT, 'content': TEXT, 'why?': TEXT})
        content = tagged_json('countersign-unit/v1', {name: part for name, part in unit.items() if name != 'lock'})
        if content != unit['lock']['content']:
            raise Refused('template.lock_broken')
        self.locks.append((unit['id'], content))

    def _text(self, text, depth):
        if not isinstance(text, list):
            raise Refused('schema.wrong_type')
        if depth > 20:
            raise Refused('template.too_deep')
        for piece in text:
            if isinstance(piece, str):
                continue
            if not isinstance(piece, dict) or len(piece) != 1:
                raise Refused('schema.wrong_type')
            (kind, inner), = piece.items()
            self._piece(kind, inner, depth + 1)

    def _piece(self, kind, inner, depth):
        if kind in ('strong', 'em'):
            self._text(inner, depth)
        elif kind in ('code', 'ref', 'blank'):
            if not isinstance(inner, str):
                raise Refused('schema.wrong_type')
            if kind == 'blank' and self.fields.get(inner, {'kind': 'value'})['kind'] == 'value':
                raise Refused('template.bad_reference')
        elif kind == 'break':
            if inner is not True:
                raise Refused('schema.bad_value')
        elif kind == 'link':
            _shape(inner, {'address': TEXT, 'text': LIST})
            self._text(inner['text'], depth)
        elif kind == 'value':
            _shape(inner, {'expression': OBJECT, 'format': TEXT})
        elif kind == 'cell':
            _shape(inner, {'align?': TEXT, 'text': LIST})
            self._text(inner['text'], depth)
        elif kind == 'each':
            _shape(inner, {'name': TEXT, 'in': OBJECT, 'join?': TEXT, 'text': LIST})
            self._text(inner['text'], depth)
        elif kind == 'if':
            if not isinstance(inner, list):
                raise Refused('schema.wrong_type')
            for branch in inner:
                _shape(branch, {'when?': OBJECT, 'text': LIST})
                self._text(branch['text'], depth)
        else:
            raise Refused('schema.unknown_member')


def check(template):
    _Form(template).check()
