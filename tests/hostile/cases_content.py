"""What is signed: texts, values, marks, templates. And details: what is withheld, and what is not what it claims."""
import copy
import json

from kit import case, skipped  # first: it says where the others are
from canonical import DOCUMENT_LIMITS, decode, encode, read, ref_of, tagged_json, write
from scene import (ANSWERS, COMPILED, CONSENT_TEXT, CUSTOMER, DEL, PROVIDER, RENDERING, SOURCE, TEMPLATE, TEXT,
                   VALUES, Scene, join_lines)

OTHER = 'A' * 43
BOTH = ['customer', 'provider']


def sealed(statement=None, detail=None, answers=None, said=None, values=None, text=TEXT, rendering=RENDERING, used=None,
           **publish):
    """A completed envelope with one thing changed, and everybody agreeing to it."""
    scene = Scene().sent(values=values, **publish)
    for party in (CUSTOMER, PROVIDER):
        scene.ready(party, skip=('commit',), text=text, rendering=rendering)
        if party is CUSTOMER:
            scene.commit(party, answers, said=said)
        scene.signatures.append(scene.sign(party, statement=statement, detail=detail, text=text, used=used))
    scene.complete(change={'text': text})
    return scene


def bad_content(name, code, why, needs=None, **how):
    case(name, 'invalid', code, why, status='completed', counts=BOTH, needs=needs)(lambda: sealed(**how))


def swapped_blob(pick, change):
    """A blob line whose bytes are others than its name says; the end line fits."""
    scene = Scene().completed()
    lines = []
    for line in scene.blob_lines():
        _, ref, _ = line.decode().split(' ')
        if ref == pick(scene):
            line = b'blob ' + ref.encode() + b' ' + encode(change(scene.blobs[ref])).encode()
        lines.append(line)
    return join_lines(scene.event_lines() + lines)


def detail_of(place):
    def pick(scene):
        stored = scene.event_lines()[place][6:]
        return json.loads(decode(stored.split(b'.')[1].decode()))['body']['detail']
    return pick


case('088-template-swapped', 'invalid', 'bundle.wrong_blob', 'Another compiled template under the name of the one agreed.')(
    lambda: swapped_blob(lambda s: ref_of(COMPILED), lambda b: b.replace(b'Calls are answered.', b'Calls are ignored.')))
case('088-document-swapped', 'invalid', 'bundle.wrong_blob', 'Another document under the name of the one signed.')(
    lambda: swapped_blob(lambda s: TEXT, lambda b: b.replace(b'Seats: 5', b'Seats: 9')))
case('088-detail-swapped', 'invalid', 'bundle.wrong_blob', 'Another name under the hash of the one invited.')(
    lambda: swapped_blob(detail_of(1), lambda b: b.replace(b'Customer', b'Costumer')))
case('089-blob-extended', 'invalid', 'bundle.wrong_blob')(lambda: swapped_blob(lambda s: TEXT, lambda b: b + b' '))
case('089-blob-truncated', 'invalid', 'bundle.wrong_blob')(lambda: swapped_blob(lambda s: TEXT, lambda b: b[:-1]))

def other_source():
    return SOURCE.replace(b'Calls are answered.', b'Calls are ignored.')


bad_content('090-template-version', 'template.differs', 'The revision names version 2 of the template and carries version 1.',
            change={'template/version': '2'})
bad_content('090-template-id', 'template.differs', 'The revision names another template.', change={'template/id': 'other'})


def other_source():
    return SOURCE.replace(b'Calls are answered.', b'Calls are ignored.')


def compiled_otherwise():
    """A compiled template that says it comes from a source that says something else."""
    template = read(COMPILED, DOCUMENT_LIMITS)
    template['source'] = ref_of(other_source())
    scene = Scene().prepared(compiled=write(template), source=other_source())
    scene.send()
    return scene


case('090-not-from-source', 'invalid', 'template.not_from_source', 'Compiled otherwise than the source that people read.',
     status='sent', needs='compiler')(compiled_otherwise)

bad_content('091-inputs-changed', 'document.evaluation_differs', 'Another input hash, the same text.',
            statement={'evaluation/inputs': OTHER})
bad_content('091-inputs-of-other-values', 'document.evaluation_differs', 'Inputs of 9 seats, the text of 5.',
            used={**VALUES, **ANSWERS, 'seats': 9})
for name, given in (('proposal-of-no-text', {'remark': 'Mallory'}), ('no-value', {'budget': None})):
    why = 'The sender gave what is no value of the text: %s.' % ', '.join(given)
    bad_content('091-inputs-with-' + name, 'document.evaluation_differs', why, values={'seats': 5, **given},
                used={**VALUES, **ANSWERS, **given})
    case('091-inputs-without-' + name, 'valid', None, why, status='completed', counts=BOTH)(
        lambda given=given: sealed(values={'seats': 5, **given}))
bad_content('091-trace-changed', 'document.evaluation_differs', 'Another explanation of why a clause is in.',
            statement={'evaluation/trace': OTHER})
bad_content('091-size-changed', 'document.evaluation_differs', '', statement={'documents/0/size': 1})
bad_content('091-output-is-not-the-document', 'document.evaluation_differs', '', statement={'evaluation/output': OTHER})
bad_content('091-rendering-changed', 'document.evaluation_differs', 'What was read aloud is not the text that was signed.',
            rendering=OTHER, statement={'rendering/text': OTHER})
bad_content('092-clause-re-enabled', 'document.not_from_template', 'The answer leaves a clause out; the signed text has it.',
            answers={**ANSWERS, 'phone': False})
bad_content('093-value-is-not-the-one-bound', 'commitment.differs', 'The detail holds another value than was signed.',
            said={**ANSWERS, 'contact': 'Eve'})


def remarked(said):
    scene = Scene().sent().signed(CUSTOMER)
    scene.ready(PROVIDER, skip=('commit',))
    scene.commit(PROVIDER, {'remark': 'as agreed'}, said=said)
    scene.signatures.append(scene.sign(PROVIDER))
    scene.complete()
    return scene


case('093-value-outside-the-text', 'invalid', 'commitment.differs', 'The same where no text depends on it.', status='completed', counts=BOTH)(
    lambda: remarked({'remark': 'not agreed'}))
case('093-value-outside-the-text-good', 'valid', None, 'The value that was bound.', status='completed', counts=BOTH)(
    lambda: remarked({'remark': 'as agreed'}))
bad_content('093-sender-value-differs', 'document.not_from_template', 'The sender says 9 seats, the signed text 5.',
            values={'seats': 9})
bad_content('093-text-of-nothing', 'document.not_from_template', 'All sign a text that the template does not give.', text=OTHER)
bad_content('093-sender-value-missing', 'document.not_from_template', 'The text needs a value that nobody gave.', values={})


def as_typed(name):
    scene = Scene().sent()
    scene.ready(CUSTOMER, skip=('commit',))
    answers = {**ANSWERS, 'contact': name}
    scene.commit(CUSTOMER, answers)
    scene.sign(CUSTOMER, used={**VALUES, **answers})
    return scene


for name, text in (('094-homoglyph', 'An\u0430'), ('094-not-nfc', 'Ame\u0301lie'), ('095-bidi-override', '\u202e00.01 EUR\u202c'),
                   ('096-zero-width', 'An\u200ba')):
    case(name, 'notSealed', 'envelope.not_sealed', 'Text is kept as typed: what was signed is what was typed.',
         status='inProgress', counts=['customer'])(lambda t=text: as_typed(t))


def odd_mark(mark, name='Somebody'):
    return sealed(detail={'mark': mark, 'name': name}, statement={
        'mark/sha256': tagged_json('countersign-mark/v1', mark), 'mark/kind': mark['kind']})


for name, mark in (('strokes-of-text', {'kind': 'drawn', 'strokes': [[['a', None]]]}),
                   ('strokes-far-out', {'kind': 'drawn', 'strokes': [[[2**53 - 1, 1 - 2**53, -1]] * 3]}),
                   ('strokes-no-list', {'kind': 'drawn', 'strokes': {'a': 1}}), ('text-a-number', {'kind': 'typed', 'text': 7}),
                   ('text-with-markup', {'kind': 'typed', 'text': '<script>alert(1)</script>\u001b[2J\u0000'})):
    case('098-mark-' + name, 'valid', None, 'What was bound is what is there, however odd; drawing it harms nobody.',
         status='completed', counts=BOTH)(lambda m=mark: odd_mark(m, m.get('text', 'x') if isinstance(m.get('text'), str) else 'x'))
skipped(97, 'no pages with coordinates: the text that is signed is a tree, and what is drawn over it is no part of it')

bad_content('098-mark-of-another', 'mark.differs', 'The drawn signature in the detail is not the one that was bound.',
            detail={'mark': {'kind': 'typed', 'text': 'Somebody Else'}, 'name': 'Somebody'})
bad_content('098-mark-of-another-kind', 'mark.differs', 'The mark has another kind than the statement says.',
            statement={'mark/kind': 'drawn'})


def with_answer(field, value):
    scene = Scene().sent()
    scene.ready(CUSTOMER, skip=('commit',))
    scene.commit(CUSTOMER, {**ANSWERS, field: value})
    return scene


for name, code, field, value in (
        ('099-money-with-separator', 'values.bad_decimal', 'budget', ['1,000.00', 'EUR']),
        ('099-money-with-comma', 'values.bad_decimal', 'budget', ['1000,00', 'EUR']),
        ('099-money-as-number', 'values.bad_money', 'budget', 1000),
        ('099-money-of-another-currency', 'values.currency_mix', 'budget', ['10.00', 'USD']),
        ('099-money-without-currency', 'values.bad_money', 'budget', ['10.00']),
        ('099-currency-unknown', 'values.unknown_currency', 'budget', ['10.00', 'XXZ']),
        ('100-date-with-time', 'values.bad_date', 'start', '2025-11-22T00:00:00+14:00'),
        ('100-date-by-locale', 'values.bad_date', 'start', '22.11.2025'),
        ('100-date-february-30', 'values.bad_date', 'start', '2025-02-30')):
    case(name, 'invalid', code, 'A value outside the form of its type.', status='sent')(
        lambda f=field, v=value: with_answer(f, v))
for name, field, value in (('099-money', 'budget', ['1000.00', 'EUR']), ('100-date', 'start', '2025-11-22')):
    case(name + '-good', 'notSealed', 'envelope.not_sealed', 'The form of its type.', status='sent')(
        lambda f=field, v=value: with_answer(f, v))

bad_content('101-consent-in-another-language', 'consent.differs', 'The consent text is in another language than the revision names.',
            consent=CONSENT_TEXT.replace(b'"locale":"en"', b'"locale":"de"'))
bad_content('101-consent-of-another-version', 'consent.differs', '', consent=CONSENT_TEXT.replace(b'"version":"1"', b'"version":"2"'))
bad_content('000-consent-no-json', 'consent.differs', 'The consent text is no consent text.', consent=b'I agree')
bad_content('000-consent-with-space', 'consent.differs', 'It is not canonical.', consent=CONSENT_TEXT.replace(b':', b': ', 1))

bad_content('101-statement-in-another-language', 'document.evaluation_differs', 'Signed as a contract in German; the revision is in English.',
            statement={'locale/contract': 'de'})
case('101-interface-in-another-language', 'valid', None, 'The language of the interface is the reader\'s own.', status='completed', counts=BOTH)(
    lambda: sealed(statement={'locale/interface': 'de'}))

case('000-engine-of-later-version', 'needsNewerVersion', 'template.needs_newer_engine', 'Signed by a later evaluator.',
     status='completed', counts=BOTH)(lambda: sealed(statement={'evaluation/engine': 'countersign-template/2'}))


def changed_template(**members):
    return write({**read(COMPILED, DOCUMENT_LIMITS), **members})


case('000-template-of-later-engine', 'needsNewerVersion', 'template.needs_newer_engine', 'Compiled for a later evaluator.',
     status='draft')(lambda: Scene().prepared(compiled=changed_template(engine='countersign-template/2')))

case('090-library-not-named', 'invalid', 'template.differs',
     'The template is made of a clause that the revision does not name.',
     status='draft')(lambda: Scene().prepared(compiled=changed_template(library=[OTHER])))

def softer_fields():
    from document import field_definitions
    fields = copy.deepcopy(field_definitions(TEMPLATE, Scene.routing))
    next(f for f in fields['fields'] if f['id'] == 'contact')['required'] = False
    return Scene().sent(fields=fields)


case('000-fields-required-changed', 'invalid', 'fields.not_from_template',
     'A field that the template requires is optional in the definitions.', status='sent')(softer_fields)

# --- withheld, missing, malformed ---


def without_blob(pick, scene=None):
    scene = scene or Scene().completed()
    del scene.blobs[pick(scene)]
    return scene


case('000-detail-withheld', 'valid', 'detail.withheld', 'A name is withheld: the log verifies without it.', status='completed',
     counts=BOTH)(lambda: without_blob(detail_of(1)))
case('000-values-withheld', 'incomplete', 'document.not_rendered', "The sender's values are withheld: the text cannot be rendered again.",
     status='completed', counts=BOTH)(lambda: without_blob(lambda s: s.inputs['values']))
case('000-answers-withheld', 'incomplete', 'document.not_rendered', 'The answers are withheld.', status='completed', counts=BOTH)(
    lambda: without_blob(detail_of(9)))
for name, pick in (('compiled', lambda s: ref_of(COMPILED)), ('source', lambda s: ref_of(SOURCE)), ('consent', lambda s: ref_of(CONSENT_TEXT))):
    case('000-%s-missing' % name, 'incomplete', 'blob.missing', 'A structural blob is missing.', status='completed', counts=BOTH)(
        lambda p=pick: without_blob(p))
for name in ('attachments', 'library'):
    case('000-%s-missing' % name, 'incomplete', 'blob.missing', 'A part that the revision names is not in the file.',
         status='completed', counts=BOTH)(lambda n=name: sealed(change={n: [OTHER]}))
    case('000-%s-there' % name, 'valid', None, 'The same with the part.', status='completed', counts=BOTH)(
        lambda n=name: sealed(change={n: [TEXT]}))
for name in ('routing', 'fields'):
    case('000-%s-missing' % name, 'incomplete', 'event.waits_for_blob', 'The revision waits for what decides about it.', status='draft')(
        lambda n=name: without_blob(lambda s: s.inputs[n]))


def unread(**how):
    """Details that the file holds and that do not say what their event says they do: as good as withheld, and noted."""
    scene = Scene().sent()
    scene.ready(CUSTOMER, skip=('commit',))
    scene.commit(CUSTOMER, **how)
    return scene


SALT = b'"salt":"AAAAAAAAAAAAAAAAAAAAAA"'
WITHHELD = 'detail.withheld'
for name, data in (('no-json', b'garbage'), ('no-salt', b'{"values":{"contact":"Ana","phone":true},"was":{}}'),
                   ('short-salt', b'{"salt":"AAAA","values":{"contact":"Ana","phone":true},"was":{}}'),
                   ('not-canonical', b'{"values":{"contact":"Ana","phone":true},"was":{},' + SALT + b'}'),
                   ('a-list', b'[]'), ('deep', b'[' * 20000 + b']' * 20000),
                   ('without-values', b'{' + SALT + b'}'), ('values-a-list', b'{' + SALT + b',"values":[]}')):
    def odd(data=data):
        scene = Scene().sent()
        scene.ready(CUSTOMER, skip=('commit',))
        scene.commit(CUSTOMER, change={'detail': scene.blob(data)})
        return scene
    case('000-detail-' + name, 'notSealed', WITHHELD, unread.__doc__, status='sent')(odd)
case('000-detail-not-named', 'notSealed', WITHHELD, 'Fields are committed, and no detail says which values.', status='sent')(
    lambda: unread(change={'detail': DEL}))
case('000-detail-without-a-value', 'incomplete', 'document.not_rendered', 'A value that decides about a clause is in no detail.', status='completed',
     counts=BOTH)(lambda: sealed(said={'contact': 'Ana'}))


def sealed_with_odd(name):
    scene = Scene().sent(change={'values': ref_of(b'garbage')}) if name == 'values' else Scene().sent()
    scene.blob(b'garbage')
    for party in (CUSTOMER, PROVIDER):
        scene.ready(party)
        change = {'detail': ref_of(b'garbage')} if name == 'mark' else {'detail': DEL} if name == 'no-mark' else None
        scene.signatures.append(scene.sign(party, change=change))
    scene.complete()
    return scene


for name, verdict, code, why in (
        ('values', 'incomplete', 'document.not_rendered',
         'The values of the sender cannot be read, so the text cannot be rendered again.'),
        ('mark', 'incomplete', WITHHELD, 'The drawn signature that was bound cannot be read.'),
        ('no-mark', 'valid', WITHHELD, 'No detail was ever to hold the drawn signature.')):
    case('000-detail-of-' + name, verdict, code, why, status='completed', counts=BOTH)(lambda n=name: sealed_with_odd(n))


# --- no line less makes a fault go away ---

def less(words, scene):
    for ref in [ref for ref, data in scene.blobs.items() if words in data]:
        del scene.blobs[ref]
    return scene


case('000-without-the-values-of-another-text', 'incomplete', 'document.not_rendered',
     'All sign a text that the template does not give, and the line with the values was cut out.', status='completed',
     counts=BOTH)(lambda: without_blob(lambda s: s.inputs['values'], sealed(text=OTHER)))
case('000-without-the-answers-of-another-text', 'incomplete', 'document.not_rendered',
     'The answer leaves a clause out that the signed text has, and the line with it was cut out.', status='completed',
     counts=BOTH)(lambda: less(b'"phone":false', sealed(answers={**ANSWERS, 'phone': False})))
case('000-without-the-value-that-differs', 'incomplete', WITHHELD,
     'The value that is not the one bound was cut out; no text depends on it.', status='completed', counts=BOTH)(
    lambda: less(b'not agreed', remarked({'remark': 'not agreed'})))
case('000-without-the-mark-that-differs', 'incomplete', WITHHELD, 'The marks that are not the ones bound were cut out.',
     status='completed', counts=BOTH)(lambda: less(b'Somebody Else', sealed(
         detail={'mark': {'kind': 'typed', 'text': 'Somebody Else'}, 'name': 'Somebody'})))


# --- compiled templates that are none ---

def malformed(name, code, change):
    def make():
        template = copy.deepcopy(read(COMPILED, DOCUMENT_LIMITS))
        change(template)
        return Scene().prepared(compiled=write(template))
    case('000-template-' + name, 'invalid', code, 'The compiled template has not the form of one.', status='draft')(make)


malformed('field-without-required', 'schema.missing_member', lambda t: t['fields'][0].pop('required'))
malformed('field-of-a-list', 'schema.wrong_type', lambda t: t['fields'][0].update(kind=['input']))
malformed('field-a-text', 'schema.wrong_type', lambda t: t['fields'].insert(0, 'contact'))
malformed('unit-a-text', 'schema.wrong_type', lambda t: t['units'].insert(0, 'text'))
malformed('unit-of-a-later-member', 'schema.unknown_member', lambda t: t['units'][-1].update(later=1))
malformed('no-units', 'schema.missing_member', lambda t: t.pop('units'))
malformed('piece-of-two', 'schema.wrong_type', lambda t: t['units'][-1]['text'].append({'strong': [], 'em': []}))
malformed('unlocked', 'template.lock_broken', lambda t: t['locks'].append({'unit': t['units'][0]['id'], 'content': OTHER}))


# --- what the revision says of the template ---

bad_content('101-revision-in-another-language', 'template.differs', 'The revision says German, as do the statements; the text is English.',
            change={'locale': 'de'}, statement={'locale/contract': 'de'})
for name, slot in (('blank', ' '), ('another', 'You waive everything.')):
    bad_content('101-consent-%s-text' % name, 'consent.differs', "The disclosure is not the template's, whose name it has.",
                consent=write({'format': 'countersign-consent/v1', **TEMPLATE['consent'],
                               'slots': dict.fromkeys(TEMPLATE['consent']['slots'], slot)}))
case('101-consent-of-the-senders-own', 'valid', None, 'The sender has another disclosure than the template proposes, under its own name.',
     status='completed', counts=BOTH)(lambda: sealed(
         consent=write({'format': 'countersign-consent/v1', **TEMPLATE['consent'], 'id': 'own', 'summary': 'Sign electronically.'}),
         change={'consent/id': 'own'}))
