"""The text of a contract, from core/FORMAT.md sections 6 and 7.

Templates are programs; this reader only runs the plainest of them: conditions that are one bool field, printed values
that are one int or string field as text, links and references left out. Whatever needs more is NotDone: then a text
is only as good as the hash that signatures bind, and the document blob (where the file has it) is compared with that.
"""
from canonical import tagged_json


class NotDone(Exception):
    """The template uses what this reader does not run."""


class Pending(Exception):
    """A value that the text depends on is not there."""


def variable(expression):
    nodes = expression['nodes']
    if len(nodes) != 1 or nodes[0][0] != 'var':
        raise NotDone()
    return nodes[0][1], nodes[0][2]


class Renderer:
    def __init__(self, template, values):
        if template['computed'] or template['numbering'] != 'sections':
            raise NotDone()
        self.template = template
        self.values = values
        self.fields = {field['id']: field for field in template['fields']}
        self.trace = []

    def document(self):
        blocks = self._units(self.template['units'], [])
        return {'format': 'countersign-document/v1', 'title': self.template['title'],
                'locale': self.template['locale'], 'blocks': blocks}

    def _value(self, name):
        if self.values.get(name) is None:
            raise Pending()
        return self.values[name]

    def _units(self, units, number):
        blocks, place = [], 0
        for unit in units:
            if unit['kind'] not in ('section', 'paragraph') or unit.get('unnumbered'):
                raise NotDone()
            holds = True
            if 'when' in unit:
                kind, name = variable(unit['when'])
                if kind != 'bool':
                    raise NotDone()
                holds = self._value(name)
                self.trace.append({'unit': unit['id'], 'when': unit['when']['source'], 'holds': holds, 'computed': [],
                                   'fields': [{'id': name, 'label': self.fields[name]['label'], 'value': holds}]})
            if not holds:
                if 'omitted' in unit:
                    raise NotDone()
                continue
            kept = {'keep': True} if unit.get('keep') else {}
            if unit['kind'] == 'paragraph':
                blocks.append({'paragraph': {'id': unit['id'], 'text': self._text(unit['text']), **kept}})
                continue
            place += 1  # of those that stand
            own = number + [str(place)]
            block = {'id': unit['id'], 'level': unit['level'], 'number': '.'.join(own) + ('.' if len(own) == 1 else ''),
                     'text': self._text(unit['text']), 'blocks': self._units(unit['units'], own), **kept}
            blocks.append({'section': block})
        return blocks

    def _text(self, pieces):
        out = []
        for piece in pieces:
            if isinstance(piece, dict) and set(piece) == {'value'}:
                kind, name = variable(piece['value']['expression'])
                if kind not in ('int', 'string') or piece['value']['format'] != 'text':
                    raise NotDone()
                piece = str(self._value(name))
            elif isinstance(piece, dict) and set(piece) == {'blank'}:
                field = self.fields[piece['blank']]
                blank = {'field': field['id'], 'kind': field['kind'], 'label': field['label']}
                if 'role' in field:
                    blank['role'] = field['role']
                piece = {'blank': blank}
            elif not isinstance(piece, str):
                raise NotDone()
            if isinstance(piece, str) and out and isinstance(out[-1], str):
                out[-1] += piece
            elif piece != '':
                out.append(piece)
        return out


def trace_hash(renderer):
    return tagged_json('countersign-trace/v1', {'format': 'countersign-trace/v1', 'units': renderer.trace})


def _words(text):
    """A text as a reader hears it."""
    out = ''
    for piece in text:
        if isinstance(piece, str):
            out += piece
            continue
        (kind, inner), = piece.items()
        if kind in ('strong', 'em'):
            out += _words(inner)
        elif kind == 'code':
            out += inner
        elif kind == 'break':
            out += '\n'
        elif kind == 'blank':
            out += '[' + inner['label'] + ']'
        elif kind == 'ref':
            out += inner['text']
        elif kind == 'link':
            words = _words(inner['text'])
            out += words if words == inner['address'] else words + ' (' + inner['address'] + ')'
        else:
            raise NotDone()
    return out


def _paragraphs(blocks):
    for block in blocks:
        (kind, inner), = block.items()
        if kind in ('list', 'item', 'omittedItem'):
            raise NotDone()
        start = inner['number'] + ' ' if 'number' in inner else ''
        yield start + _words(inner['text'])
        if kind == 'section':
            yield from _paragraphs(inner['blocks'])


def linear_text(document):
    """Title, then each block's number and text, an empty line between them, a line end at the close."""
    return '\n\n'.join([document['title'], *_paragraphs(document['blocks'])]) + '\n'


def field_definitions(template, routing):
    """The fields blob that follows from a template and its routing, as a value."""
    holders = {}
    for entry in sorted(routing, key=lambda entry: entry['id']):
        holders.setdefault(entry['role'], entry['id'])
    fields = []
    for field in sorted(template['fields'], key=lambda field: field['id']):
        required = field['required']
        kind = 'input' if field['kind'] == 'value' else field['kind']
        entry = {'id': field['id'], 'kind': kind, 'type': field['type'], 'label': field['label'],
                 'required': required if isinstance(required, bool) else 'conditional'}
        if 'role' in field:
            if field['role'] not in holders:
                continue
            entry['recipient'] = holders[field['role']]
        fields.append(entry)
    return {'fields': fields, 'format': 'countersign-fields/v1'}
