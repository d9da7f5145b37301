"""Values that the template forbids, signed all the same: FORMAT.md section 6, "Admissible". base/values.md says what is
allowed; everybody agrees to everything here, and every hash fits."""
from kit import HERE, case  # first: it says where the others are
from canonical import DOCUMENT_LIMITS, read, ref_of, tagged_json, write
from document import Renderer, field_definitions, linear_text, trace_hash
from scene import CUSTOMER, PROVIDER, Scene

SOURCE = (HERE / 'base/values.md').read_bytes()
COMPILED = (HERE / 'base/values.json').read_bytes()
TEMPLATE = read(COMPILED, DOCUMENT_LIMITS)
BOTH = ['customer', 'provider']
VALUES = {'seats': 5, 'project': 'Dam'}
ANSWERS = {'contact': 'Ana', 'agreed': True, 'phone': True, 'number': '12'}
REMARKS = {'copies': 2, 'checked': True}


class Signing:
    """The order with these values, answers of the customer and of the provider: its text and what is said of it."""

    source, compiled, template = SOURCE, COMPILED, TEMPLATE
    honest = VALUES, ANSWERS, REMARKS

    def __init__(self, values=None, answers=None, remarks=None):
        self.values = {**self.honest[0], **(values or {})}
        self.values = {name: value for name, value in self.values.items() if value is not None}
        self.answers = {**self.honest[1], **(answers or {})}
        self.remarks = {**self.honest[2], **(remarks or {})}
        roles = {'', *self.template['textRoles']}
        in_text = {field['id'] for field in self.template['fields'] if field.get('role', '') in roles}
        self.used = {**self.values, **{name: value for name, value in self.answers.items()
                                       if value is not None and name in in_text}}
        renderer = Renderer(self.template, self.used)
        document = renderer.document()
        data = write(document)
        self.text, self.rendering = ref_of(data), ref_of(linear_text(document).encode())
        self.said = {'documents/0/size': len(data), 'evaluation/trace': trace_hash(renderer), 'rendering/text': self.rendering,
                     'evaluation/inputs': tagged_json('countersign-evaluation-inputs/v1',
                                                      {'compiled': ref_of(self.compiled), 'values': self.used})}

    def sent(self, *args, **how):
        return Scene().sent(*args, compiled=self.compiled, source=self.source, values=self.values,
                            fields=field_definitions(self.template, Scene.routing), **how)

    def ready(self, scene, party):
        scene.ready(party, values=self.answers if party is CUSTOMER else self.remarks, text=self.text,
                    rendering=self.rendering)

    def sign(self, scene, party):
        scene.signatures = scene.signatures + [scene.sign(party, text=self.text, statement=self.said)]

    def sealed(self, scene=None):
        scene = scene or self.sent()
        for party in (CUSTOMER, PROVIDER):
            self.ready(scene, party)
            self.sign(scene, party)
        return self.complete(scene)

    def complete(self, scene):
        scene.complete(change={'text': self.text})
        return scene


def forbidden(name, code, why, needs=None, **what):
    case('000-value-' + name, 'invalid', code, why, status='completed', counts=BOTH, needs=needs)(
        lambda: Signing(**what).sealed())


def allowed(name, why, **what):
    case('000-value-' + name, 'valid', None, why, status='completed', counts=BOTH)(lambda: Signing(**what).sealed())


allowed('good', 'Everything that has to be answered is, and as the template wants it.')
forbidden('null-for-required', 'field.required', 'Committed as null: an answer to the log, none to the template.',
          answers={'contact': None})
forbidden('empty-for-required', 'field.required', 'A text without characters.', answers={'contact': ''})
forbidden('unticked-for-required', 'field.required', 'A box that has to be ticked is not.', answers={'agreed': False})
forbidden('null-where-it-applies', 'field.required', 'The clause stands, and its field is empty.', answers={'number': None})
allowed('null-where-it-does-not-apply', 'The clause does not stand: null is what a device commits for its required field.',
        answers={'phone': False, 'number': None})
forbidden('of-a-clause-that-is-out', 'field.not_shown', 'An answer in a clause that nobody saw.', answers={'phone': False})
forbidden('not-shown', 'field.not_shown', 'An answer to what `show` hides.',
          answers={'phone': False, 'number': None, 'email': 'a@b'})
forbidden('required-by-anothers-answer', 'field.required', 'Required because of what the customer signed before.',
          remarks={'copies': None})
allowed('not-required-by-anothers-answer', 'The same where the customer answered otherwise.',
        answers={'phone': False, 'number': None}, remarks={'copies': None})
forbidden('no-option', 'field.not_an_option', 'None of the options.', answers={'plan': 'gold'})
forbidden('no-option-by-case', 'field.not_an_option', 'Options are compared exactly.', answers={'plan': 'Basic'})
forbidden('no-option-of-periods', 'field.not_an_option', 'P365D is not P12M.', answers={'term': 'P365D'})
for field, code, value in (('users', 'field.too_small', 1), ('users', 'field.too_large', 10),
                           ('budget', 'field.too_small', ['9.99', 'EUR']), ('budget', 'field.too_large', ['99.501', 'EUR']),
                           ('start', 'field.too_small', '2024-12-31')):
    forbidden(field + code[5:].replace('_', '-').replace('.', '-'), code, 'One beyond the limit.', answers={field: value})
allowed('smallest', 'Each the smallest it may be; even as its rule wants it.',
        answers={'users': 2, 'budget': ['10.00', 'EUR'], 'start': '2025-01-01', 'even': 4, 'plan': 'basic'})
allowed('largest', 'Each the largest it may be; P1Y is the option P12M, and length is counted in code points.',
        answers={'users': 9, 'budget': ['99.50', 'EUR'], 'term': 'P1Y', 'contact': '\U0001d518' * 5, 'plan': 'team'})
forbidden('too-long', 'field.too_long', 'One character more than the template takes.', answers={'contact': 'Anette'})
forbidden('check-fails', 'field.check_failed', 'The field\'s own rule says no.', needs='expressions', answers={'even': 3})
forbidden('check-ends-in-an-error', 'values.divide_by_zero', 'A rule that cannot be evaluated has not been passed.',
          needs='expressions', answers={'share': 0})
forbidden('validation-fails', 'field.check_failed', 'A validation of the level error is false.',
          remarks={'checked': False})
allowed('validation-warns', 'A validation of the level warning is false.', remarks={'sober': False})
forbidden('of-the-sender-above', 'field.too_large', 'The sender offers more seats than the template takes.', values={'seats': 51})
forbidden('of-the-sender-too-long', 'field.too_long', 'Longer than any text may be.', values={'project': 'x' * 10001})


@case('000-value-unseen', 'valid', None, 'The provider signed before the customer did: what the customer would sign was not '
      'known, and so not that it makes a field required.', status='completed', counts=BOTH)
def unseen():
    signing = Signing(remarks={'copies': None})
    scene = signing.sent(provider_order=1)
    signing.ready(scene, CUSTOMER)
    signing.ready(scene, PROVIDER)
    signing.sign(scene, PROVIDER)
    signing.sign(scene, CUSTOMER)
    return signing.complete(scene)


@case('000-value-not-signed', 'notSealed', 'envelope.not_sealed', 'Committed, and signed by nobody: nothing is agreed yet.',
      status='sent')
def not_signed():
    signing = Signing(answers={'users': 1})
    scene = signing.sent()
    signing.ready(scene, CUSTOMER)
    return scene


@case('000-value-signed-first', 'invalid', 'field.too_small', 'Said as soon as one signature counts.', status='inProgress',
      counts=['customer'])
def signed_first():
    signing = Signing(answers={'users': 1})
    scene = signing.sent()
    signing.ready(scene, CUSTOMER)
    signing.sign(scene, CUSTOMER)
    return scene


@case('000-value-withheld', 'incomplete', 'document.not_rendered', 'What is not in the file cannot be judged, and that is said.',
      status='completed', counts=BOTH)
def withheld():
    scene = Signing(answers={'users': 1}).sealed()
    for ref, data in list(scene.blobs.items()):
        if b'"users":1' in data:
            del scene.blobs[ref]
    return scene


@case('000-value-of-a-form-filler', 'invalid', 'field.required', 'A form filler approved with a required field empty.',
      status='completed', counts=['customer'])
def form_filler():
    signing = Signing(remarks={'copies': None})
    scene = signing.sent(types=('signer', 'formFiller'))
    signing.ready(scene, CUSTOMER)
    signing.sign(scene, CUSTOMER)
    scene.join(PROVIDER)
    scene.present(PROVIDER, text=signing.text, rendering=signing.rendering)
    scene.commit(PROVIDER, signing.remarks)
    scene.signatures = scene.signatures + [scene.write(PROVIDER, 'recipient.approved', {
        'recipient': 'provider', 'revision': scene.revision, 'detail': scene.detail({})})]
    return signing.complete(scene)
