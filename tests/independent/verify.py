#!/usr/bin/env python3
"""A second verifier of Countersign bundles, written from core/FORMAT.md; it shares no code with core.

usage: verify.py BUNDLE      prints {"verdict","exitCode","codes",...} as JSON; the exit code is the verdict's

0 valid and complete, 1 invalid, 2 unreadable, 3 incomplete or not sealed, 4 contested, 5 validly ended, 6 needs a
newer version. What it does not do: compile a template again, and run templates that print more than plain values
("rendered" says so).
"""
import json
import sys

import bundle as bundles
import ed25519
from admission import is_file, objections
from bodies import parents, refusal
from canonical import DETAIL_LIMITS, DOCUMENT_LIMITS, EVENT_LIMITS, Refused, decode, read, ref_of, sha256, tagged_json, write
from document import NotDone, Pending, Renderer, field_definitions, linear_text, trace_hash
from event import fixed, thumbprint
from fold import APPROVES, SIGNS, Log
from template_form import check as check_form
from values import check as check_value

EXIT = {'valid': 0, 'invalid': 1, 'incomplete': 3, 'notSealed': 3, 'contested': 4, 'ended': 5, 'needsNewerVersion': 6}
SEVERITIES = ['invalid', 'newer', 'contested', 'incomplete', 'notice']
NEWER = ('event.unknown_version', 'event.unknown_type', 'event.reserved_type', 'event.unknown_suite',
         'template.needs_newer_engine')
ENGINE = 'countersign-template/1'
MAX_BLOB = 4_194_304
# What may wait: events and bytes.
BOUNDS = {'event.waits_for_key': (64, 1 << 20, 'log.quarantine_full', 'log.quarantine_too_large'),
          'event.waits_for_parent': (1000, 8 << 20, 'log.too_many_orphans', 'log.orphans_too_large')}
SLOTS = ('contactUpdate', 'copy', 'paperOption', 'requirements', 'scope', 'withdrawal')


class Verifier:
    def __init__(self, file):
        self.bundle = bundles.read(file)
        self.reasons = []
        self.log = None
        self.sealed = None  # the place of the completion that is shown
        self.rendered = 'notRendered'
        self.blobs = {}
        self.waiting = []   # (code, event)
        self.newer = []     # (code, stored): judged once all keys are known

    def add(self, code, severity, about=''):
        self.reasons.append({'code': code, 'severity': severity, 'about': about})

    def run(self):
        self.tell_file()
        self.replay()
        if self.log is not None:
            self.settle()
        self.hold_bounds()
        self.tell_newer()
        if self.log is None:
            self.add('envelope.not_open', 'incomplete')
            return self.report()
        self.tell_waiting()
        self.tell_without_effect()
        self.tell_missing()
        if self.settled.revision is not None:
            self.inputs = self.log.body(self.settled.revision)['inputs']
            self.check_template()
            self.check_consent()
            self.check_text()
        self.tell_status()
        return self.report()

    # --- the file, and what can be replayed of it ---

    def tell_file(self):
        for code in self.bundle.faults:
            self.add(code, 'invalid')
        if self.bundle.ending is None:
            self.add('bundle.truncated', 'incomplete')
        elif self.bundle.ending == 'wrong':
            self.add('bundle.wrong_end', 'incomplete')
        for code, stored in self.bundle.unread:
            if code in NEWER:
                self.newer.append((code, stored))
            else:
                self.add('bundle.bad_event', 'invalid', code)
        for ref, data in self.bundle.blobs.items():
            if len(data) > MAX_BLOB:
                self.add('blob.too_large', 'invalid', ref)
            else:
                self.blobs[ref] = data

    def replay(self):
        left = list(self.bundle.events)
        moved = True
        while moved:
            moved, still = False, []
            for event in left:
                try:
                    code = self.take(event)
                except Refused as refused:
                    if refused.code in NEWER or refused.code == 'schema.unknown_member':
                        self.newer.append((refused.code, event.stored))
                    else:
                        # Rightly signed, by a key that nothing in its past lets in: nobody's.
                        nobodys = refused.code.startswith(('recipient.', 'envelope.'))
                        self.add(refused.code, 'notice' if nobodys else 'invalid', event.id)
                    continue
                if code:
                    still.append((code, event))
                else:
                    moved = True
            self.waiting, left = still, [event for _, event in still]

    def hold_bounds(self):
        """Bounds of what waits decide nothing: what is beyond them is missing, not wrong."""
        for code, (most, most_bytes, too_many, too_large) in BOUNDS.items():
            size = number = 0
            for event in [event for waits, event in self.waiting if waits == code]:
                if number < most and size + len(event.stored) <= most_bytes:
                    number, size = number + 1, size + len(event.stored)
                    continue
                self.waiting.remove((code, event))
                full = too_many if number >= most else too_large
                self.add(full, 'incomplete' if self.sealed is None else 'notice', event.id)

    def take(self, event):
        """None once the event stands (or was there), else what it waits for. Refused where it must not stand."""
        if self.log is not None and (event.env or event.id) != self.log.events[0].id:
            raise Refused('log.wrong_envelope')
        if self.log is not None and event.id in self.log.place:
            key = self.log.keys()[event.kid]
            if not ed25519.verify(key, event.signing_input, event.signature):
                raise Refused('event.bad_signature')
            return None
        if event.env is None:
            self.open(event)
            return None
        key = None
        if self.log is not None:
            key = self.log.keys().get(event.kid)
            if key is None and event.type == 'recipient.joined' and refusal(event) is None:
                key = decode(event.body['key']['x'])
                if not ed25519.is_admissible(key):
                    raise Refused('crypto.bad_key')
        if key is None:
            return 'event.waits_for_key'
        self.check_signature(event, key)
        if any(parent not in self.log.place for parent in parents(event)):
            return 'event.waits_for_parent'
        if event.type == 'revision.published' and refusal(event) is None:
            inputs = event.body['inputs']
            if inputs['fields'] not in self.blobs or inputs['routing'] not in self.blobs:
                return 'event.waits_for_blob'
        self.log.stand(event)
        return None

    @staticmethod
    def check_signature(event, key):
        if thumbprint(key) != event.kid:
            raise Refused('event.wrong_key')
        if not ed25519.verify(key, event.signing_input, event.signature):
            raise Refused('event.bad_signature')

    def open(self, event):
        code = 'event.not_permitted' if event.type != 'envelope.created' else refusal(event)
        if event.type != 'envelope.created' and refusal(event) in ('event.unknown_type', 'event.reserved_type'):
            code = refusal(event)
        if code:
            raise Refused(code)
        keys = [event.body['owner']['x']]
        keys += [event.body['recovery']['x']] if 'recovery' in event.body else []
        keys += [x for of in event.body['services'].values() for x in of]
        if not all(ed25519.is_admissible(decode(x)) for x in keys):
            raise Refused('crypto.bad_key')
        self.check_signature(event, decode(keys[0]))
        self.log = Log(event, self.blobs)

    def tell_newer(self):
        """What only a newer version may know is judged by its signature first, or one changed byte would pass for the
        future. No completion in effect can have it in its past."""
        for code, stored in self.newer:
            kid, fits = self.fits(stored)
            if fits is False:
                self.add('event.bad_signature', 'invalid')
            else:
                self.add(code, 'newer' if self.sealed is None and not self.only_reads(kid) else 'notice')

    def has_part(self, place):
        """Whether what the author says there can matter: the owner and recovery key, a completer, and devices bound to
        whoever signs or approves."""
        log, kid, past = self.log, self.log.events[place].kid, self.log.past[place]
        if kid == log.recovery or log.holds(past, 'owner', kid) or log.holds(past, 'completer', kid):
            return True
        return any(log.binding(past, r, kid) == 'bound'
                   and log.terms_of(log.current_invite(past, r))['recipientType'] in SIGNS + APPROVES
                   for r in log.invited(past))

    def only_reads(self, kid):
        """Whether the key says nothing that a later version could count."""
        if self.log is None:
            return False
        revision = self.settled.revision
        routing = {} if revision is None else self.log.structure[revision][0]
        return self.log.only_reads(self.log.all(), kid, routing)

    def fits(self, stored):
        """(key, True or False, or None where the key is not known)."""
        try:
            header, payload, signature = (decode(s) for s in stored.decode('ascii').split('.'))
            kid = fixed(read(header, EVENT_LIMITS).get('kid'), 32)
            payload = read(payload, EVENT_LIMITS)
        except (Refused, ValueError, AttributeError):
            return None, False
        keys = [] if self.log is None else list(self.log.keys().values())
        body = payload.get('body') if isinstance(payload, dict) else None
        for holder in ('owner', 'key'):
            try:
                key = decode(body[holder]['x'])
            except (Refused, TypeError, KeyError):
                continue
            if ed25519.is_admissible(key):
                keys.append(key)
        for key in keys:
            if thumbprint(key) == kid:
                return kid, ed25519.verify(key, stored[:stored.rindex(b'.')], signature)
        return kid, None

    # --- what the log says ---

    def settle(self):
        """What counts: what a completion sealed, else everything."""
        log = self.log
        self.now = log.resolve(log.all())
        seal = log.seal(self.now.completions)
        self.sealed, self.view = seal or (None, log.all())
        self.settled = self.now if seal is None else log.what_was_sealed(seal)

    def tell_waiting(self):
        severity = 'incomplete' if self.sealed is None else 'notice'
        orphans = {event.id for code, event in self.waiting if code == 'event.waits_for_parent'}
        for code, event in self.waiting:
            self.add(code, severity, event.id)
            missing = [p for p in parents(event) if p not in self.log.place]
            if code == 'event.waits_for_parent':
                missing = [p for p in missing if p not in orphans]
            if missing and code != 'event.waits_for_blob':
                self.add('log.missing_parent', severity, missing[0])
            if code == 'event.waits_for_blob':
                for ref in (event.body['inputs']['fields'], event.body['inputs']['routing']):
                    if ref not in self.blobs:
                        self.add('blob.missing', severity, ref)

    def tell_without_effect(self):
        log, counted = self.log, self.view
        if self.sealed is None and self.now.status in ('declined', 'voided', 'expired'):
            counted = log.past[self.now.end if self.now.status != 'declined' else self.now.decline]
        for place, code in enumerate(log.codes):
            if code is None:
                continue
            says = counted >> place & 1 and self.has_part(place)
            severity = 'invalid' if says and self.sealed is None else 'notice'
            if says and (code in NEWER or code == 'schema.unknown_member'):
                severity = 'newer'
            self.add(code, severity, log.events[place].id)
        if self.sealed is not None:
            late = log.having(log.all(), 'recipient.signed', 'recipient.declined', 'envelope.voided',
                              'envelope.expired', 'revision.published')
            for place in late:
                if not self.view >> place & 1:
                    self.add('signature.late', 'notice', log.events[place].id)
        if self.now.status in ('frozen', 'contested'):
            differs = any(race[0] == 'completion' for race in self.now.races)
            self.add('completion.differs' if differs else 'envelope.' + self.now.status, 'contested')

    def tell_missing(self):
        log = self.log
        named = [event.body['detail'] for place, event in enumerate(log.events)
                 if 'detail' in event.body and refusal(event) is None]
        named += [ref for event in log.events if event.type == 'fields.committed' and refusal(event) is None
                  for ref in event.body.get('files', [])]
        for place in log.having(log.all(), 'revision.published'):
            inputs = log.body(place)['inputs']
            named += [inputs['values'], inputs['template']['source'], inputs['template']['compiled'],
                      inputs['consent']['text'], *inputs['library'], *inputs['attachments']]
        for ref in sorted(set(named)):
            if ref not in self.blobs:
                self.add('detail.withheld', 'notice', ref)

    def tell_status(self):
        status = self.now.status
        if status in ('declined', 'voided', 'expired'):
            self.add('envelope.ended', 'notice', status)
        elif status not in ('completed', 'contested', 'frozen'):
            self.add('envelope.not_sealed', 'notice', status)

    # --- content ---

    def detail(self, ref):
        """The content of a detail blob; None where it is withheld or none."""
        if ref not in self.blobs:
            return None
        try:
            value = read(self.blobs[ref], DETAIL_LIMITS)
            fixed(value.get('salt'), 16)
        except (Refused, AttributeError):
            return None
        return value

    def tell_unread(self, ref, bound=False):
        """A detail that is here and says nothing, or that no event names, is as good as withheld. `bound`: a mark that
        counts binds what it holds."""
        lacks = bound and ref is not None and ref not in self.shredded()
        if lacks or ref is None or ref in self.blobs:
            self.add('detail.withheld', 'incomplete' if lacks else 'notice', ref or '')

    def shredded(self):
        return {ref for place in self.log.having(self.log.all(), 'content.shredded')
                for ref in self.log.body(place)['details']}

    def not_rendered(self, refs):
        """Without these the text cannot be made again."""
        if self.statements():
            gone = self.shredded()
            self.add('document.not_rendered', 'notice' if all(ref in gone for ref in refs) else 'incomplete')

    def check_template(self):
        self.template = None
        named = self.inputs['template']
        for ref in (named['compiled'], named['source'], *self.inputs['library'], *self.inputs['attachments']):
            if ref not in self.blobs:
                self.add('blob.missing', 'incomplete', ref)
        if named['compiled'] not in self.blobs:
            return
        try:
            template = read(self.blobs[named['compiled']], DOCUMENT_LIMITS)
            if template['format'] != 'countersign-template/v1':
                raise Refused('schema.bad_value')
            if template['engine'] != ENGINE:  # made by a later compiler
                raise Refused('template.needs_newer_engine')
            check_form(template)
        except (Refused, KeyError, TypeError) as error:
            code = error.code if isinstance(error, Refused) else 'schema.wrong_type'
            self.add(code, 'newer' if code in NEWER else 'invalid', named['compiled'])
            return
        if (template['id'], str(template['version']), template['source'], template['locale']) != (
                named['id'], named['version'], named['source'], self.inputs['locale']):
            self.add('template.differs', 'invalid')
        elif not set(template.get('library', [])) <= set(self.inputs['library']):
            self.add('template.differs', 'invalid')
        routing = list(self.log.structure[self.settled.revision][0].values())
        if write(field_definitions(template, routing)) != self.blobs[self.inputs['fields']]:
            self.add('fields.not_from_template', 'invalid')
        self.template = template

    def check_consent(self):
        named = self.inputs['consent']
        if named['text'] not in self.blobs:
            self.add('blob.missing', 'incomplete', named['text'])
            return
        try:
            text = read(self.blobs[named['text']], DOCUMENT_LIMITS)
            same = text['format'] == 'countersign-consent/v1' and all(
                text[member] == named[member] for member in ('id', 'version', 'locale'))
            own = {} if self.template is None else self.template.get('consent', {})
            if same and all(own.get(member) == named[member] for member in ('id', 'version', 'locale')):
                same = write({'format': text['format'], **own}) == self.blobs[named['text']]
        except (Refused, KeyError, TypeError):
            same = False
        if not same:
            self.add('consent.differs', 'invalid')

    def values_in_force(self):
        """(values by field, {field: (recipient, salt, value)} as committed), as far as they are here."""
        log, committed, self.files = self.log, {}, {}
        self.refs = {}  # of what cannot be read
        revision = self.log.body(self.settled.revision)['revision']
        for field in log.structure[self.settled.revision][1]:
            recipient = field.get('recipient')
            if recipient is None:
                continue
            mark = self.settled.counted.get(recipient)
            invite = log.invited_by[mark] if mark is not None else log.current_invite(self.view, recipient)
            # What a signature or approval that counts knew; what another device says beside it binds nobody.
            bound = mark is not None and log.events[mark].type != 'recipient.declined'
            newest, _ = log.commits(log.past[mark] if bound else self.view, recipient, invite, revision, field['id'])
            if newest is None:
                continue
            ref = log.body(newest).get('detail')
            content = self.detail(ref) or {}
            values = content.get('values')
            known = isinstance(values, dict) and field['id'] in values
            if not known:
                self.tell_unread(ref, bound)
                self.refs[field['id']] = ref
            committed[field['id']] = (recipient, content.get('salt'), values[field['id']] if known else None, known)
            self.files[field['id']] = log.body(newest).get('files', []), bound
        return committed

    def check_text(self):
        """Where the template is malformed within what only its readers look into, the rest is checked without it."""
        reasons = list(self.reasons)
        try:
            self.check_text_of_template()
        except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError):
            if self.template is None:
                raise
            self.reasons, self.template = reasons, None
            self.add('schema.bad_value', 'invalid', self.inputs['template']['compiled'])
            self.check_text_of_template()

    def check_text_of_template(self):
        self.committed = self.values_in_force()
        self.given = None  # the sender's values, where they can be read
        self.check_forms()
        text = self.render()
        for mark in self.statements():
            self.check_signature_content(mark, text)
        self.check_admission()
        if self.sealed is not None and text is not None:
            if self.log.body(self.sealed)['text'] != text['text']:
                self.add('document.not_from_template', 'invalid')

    def statements(self):
        """The signatures that count. (What else was signed binds nobody, and must not spoil what is sealed.)"""
        return [p for p in self.settled.counted.values() if self.log.events[p].type == 'recipient.signed']

    def commitments(self, mark):
        """{field: (salt, value)} of what the device that signed had committed, as far as it is here."""
        log, body, known = self.log, self.log.body(mark), {}
        for bound in body['statement']['fields']:
            newest, _ = log.commits(
                log.past[mark], body['recipient'], log.invited_by[mark], body['revision'], bound['id'])
            content = {} if newest is None else self.detail(log.body(newest).get('detail')) or {}
            if isinstance(content.get('values'), dict) and bound['id'] in content['values']:
                known[bound['id']] = content['salt'], content['values'][bound['id']]
        return known

    def render(self):
        """What the text, its inputs, trace and rendering have to be; None where that cannot be said."""
        if self.template is None:
            return None
        content = self.detail(self.inputs['values'])
        if content is None or not isinstance(content.get('values'), dict):
            self.tell_unread(self.inputs['values'])
            self.not_rendered([self.inputs['values']])
            return None
        fields = {field['id']: field for field in self.template['fields']}
        try:
            for name, value in content['values'].items():
                if name not in fields:
                    raise Refused('template.unknown_field')
                if value is not None:
                    check_value(fields[name]['type'], value)
        except Refused:
            self.rendered = 'differs'
            self.add('document.not_from_template', 'invalid')
            return None
        self.given = content['values']
        roles = {'', *self.template['textRoles']}
        used = {name: value for name, value in self.given.items()
                if value is not None and fields[name].get('role', '') in roles}
        unread = [self.refs[name] for name, (*_, known) in self.committed.items()
                  if name in fields and not known and fields[name].get('role', '') in roles]
        if unread:
            self.not_rendered(unread)
            return None
        for name, (_, _, value, known) in sorted(self.committed.items()):
            if name not in fields or not known:
                continue
            in_text = fields[name].get('role') in self.template['textRoles']
            used.pop(name, None)
            if value is not None and in_text and name not in self.unread:
                used[name] = value
        try:
            renderer = Renderer(self.template, used)
            document = renderer.document()
        except NotDone:
            return None
        except Pending:
            if self.statements():
                self.rendered = 'differs'
                self.add('document.not_from_template', 'invalid')
            return None
        self.rendered = 'same'
        data = write(document)
        return {'text': ref_of(data), 'size': len(data), 'trace': trace_hash(renderer),
                'inputs': tagged_json('countersign-evaluation-inputs/v1',
                                      {'compiled': self.inputs['template']['compiled'], 'values': used}),
                'rendering': ref_of(linear_text(document).encode())}

    def check_forms(self):
        """Each committed value by the type of its field; `unread`: fields that nothing more can be said of."""
        self.unread = {name for name, (_, _, _, known) in self.committed.items() if not known}
        fields = {} if self.template is None else {field['id']: field for field in self.template['fields']}
        for name, (_, _, value, known) in sorted(self.committed.items()):
            if name not in fields or not known or value is None:
                continue
            try:
                check_value(fields[name]['type'], value)
            except Refused as refused:
                self.add(refused.code, 'invalid', name)
                self.unread.add(name)
                continue
            if fields[name]['kind'] == 'file' and is_file(value):
                self.check_file(name, value)

    def check_file(self, name, value):
        """One of the files that the event names, and what the value says of it; it may be withheld as the value may."""
        blob, (named, bound) = self.blobs.get(value['blob']), self.files[name]
        same = blob is None or (len(blob) == 16 + value['size'] and sha256(blob[16:]).hex() == value['sha256'])
        if value['blob'] not in named or not same:
            self.add('file.differs', 'invalid', name)
        elif blob is None:
            self.tell_unread(value['blob'], bound)

    def check_admission(self):
        """What the template has against the values of marks that count: FORMAT.md section 6, "Admissible"."""
        if self.template is None:
            return
        log, routing = self.log, self.log.structure[self.settled.revision][0]
        holders = {}
        for recipient in sorted(routing):
            holders.setdefault(routing[recipient]['role'], recipient)
        of_sender = {field['id'] for field in self.template['fields'] if 'role' not in field}
        own_of_sender = {name: value for name, value in (self.given or {}).items() if name in of_sender}
        judged = False
        for recipient, mark in sorted(self.settled.counted.items()):
            if log.events[mark].type not in ('recipient.signed', 'recipient.approved'):
                continue
            judged = True
            signed = log.events[mark].type == 'recipient.signed'
            if signed and log.body(mark)['statement']['evaluation']['engine'] != ENGINE:
                continue
            role = routing[recipient]['role']
            if holders[role] != recipient:
                continue
            known, unread = dict(own_of_sender), set()
            for name, (holder, _, value, _) in self.committed.items():
                if holder == recipient:
                    if name in self.unread or not self.knows(mark, recipient, name):
                        unread.add(name)
                        continue
                else:
                    other = self.settled.counted.get(holder)
                    if other is None or log.events[other].type != 'recipient.signed' or not log.before(other, mark):
                        continue
                    if name in self.unread:
                        continue
                known[name] = value
            for code, field in objections(self.template, known, role):
                if field not in unread:
                    self.add(code, 'invalid', field)
        if judged and self.given is not None:
            for code, field in objections(self.template, own_of_sender, None):
                self.add(code, 'invalid', field)

    def knows(self, mark, recipient, field):
        """Whether the latest commit of a field is in the past of the mark."""
        revision = self.log.body(self.settled.revision)['revision']
        newest, _ = self.log.commits(self.log.past[mark], recipient, self.log.invited_by[mark], revision, field)
        return newest is not None

    def text_of_blob(self, ref):
        """The same of a document that the file holds, found by its hash: all but inputs and trace."""
        if ref not in self.blobs:
            return None
        try:
            document = read(self.blobs[ref], DOCUMENT_LIMITS)
            return {'text': ref, 'size': len(self.blobs[ref]), 'rendering': ref_of(linear_text(document).encode())}
        except (Refused, NotDone, KeyError, TypeError, ValueError):
            return None

    def check_signature_content(self, mark, text):
        body = self.log.body(mark)
        statement = body['statement']
        if statement['evaluation']['engine'] != ENGINE:
            self.add('template.needs_newer_engine', 'newer')
        else:
            self.check_statement_text(statement, text)
        known = self.commitments(mark)
        for bound in statement['fields']:
            if bound['id'] not in known:
                continue
            salt, value = known[bound['id']]
            commitment = tagged_json('countersign-field/v1', {'id': bound['id'], 'salt': salt, 'value': value})
            if commitment != bound['commitment']:
                self.add('commitment.differs', 'invalid', bound['id'])
        content = self.detail(body.get('detail')) or {}
        drawn = content.get('mark')
        if 'mark' not in content:
            self.tell_unread(body.get('detail'), bound=True)
        else:
            same_kind = isinstance(drawn, dict) and drawn.get('kind') == statement['mark']['kind']
            if not same_kind or tagged_json('countersign-mark/v1', drawn) != statement['mark']['sha256']:
                self.add('mark.differs', 'invalid')

    def check_statement_text(self, statement, text):
        document, evaluation = statement['documents'][0], statement['evaluation']
        if evaluation['output'] != document['sha256']:
            self.add('document.evaluation_differs', 'invalid', 'output')
        if statement['locale']['contract'] != self.inputs['locale']:
            self.add('document.evaluation_differs', 'invalid', 'locale')
        text = text or self.text_of_blob(document['sha256'])
        if text is None:
            return
        if document['sha256'] != text['text']:
            self.rendered = 'differs'
            self.add('document.not_from_template', 'invalid')
            return
        said = {'size': document['size'], 'inputs': evaluation['inputs'], 'trace': evaluation['trace'],
                'rendering': statement['rendering']['text']}
        for name, value in said.items():
            if name in text and text[name] != value:
                self.add('document.evaluation_differs', 'invalid', name)

    # --- the answer ---

    def verdict(self):
        worst = min((SEVERITIES.index(reason['severity']) for reason in self.reasons), default=4)
        if worst < 4:
            return ['invalid', 'needsNewerVersion', 'contested', 'incomplete'][worst]
        return {'completed': 'valid', 'declined': 'ended', 'voided': 'ended', 'expired': 'ended'}.get(
            self.now.status, 'notSealed')

    def lost(self):
        """{recipient: why the newest signature does not count}, of whom none counts."""
        lost = {}
        for place in sorted(self.settled.displaced, key=self.log.later):
            recipient = self.log.body(place)['recipient']
            if self.log.events[place].type == 'recipient.signed' and recipient not in self.settled.counted:
                lost[recipient] = self.settled.displaced[place]
        return lost

    def report(self):
        verdict = self.verdict()
        out = {'verdict': verdict, 'exitCode': EXIT[verdict], 'codes': sorted({r['code'] for r in self.reasons}),
               'reasons': self.reasons, 'rendered': self.rendered}
        if self.log is not None:
            signatures = self.log._signatures(self.settled)
            out.update(envelope=self.log.events[0].id, status=self.now.status, counts=sorted(signatures), marks=self.lost())
        return out


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with open(arguments[0], 'rb') as file:
            report = Verifier(file.read()).run()
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    except Refused as refused:
        print(json.dumps({'verdict': 'unreadable', 'exitCode': 2, 'codes': [refused.code]}))
        return 2
    print(json.dumps(report, indent=1))
    return report['exitCode']


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
