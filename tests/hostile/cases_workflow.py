"""Workflow and authority: events that are well formed, well signed, and not allowed."""
from kit import OVER, case  # first: it says where the others are
from canonical import encode
from scene import (COMPLETER, CUSTOMER, LAPTOP, MAILER, OWNER, PROVIDER, RECOVERY, SCHEDULER, STRANGER, Key, Party,
                   Scene)

OTHER = 'A' * 43
DEADLINE = '2025-11-22T09:00:00Z'


def invalid(name, code, make, why='', status='sent', counts=()):
    case(name, 'invalid', code, why, status=status, counts=list(counts))(make)


def noted(name, code, make, why='', status='sent', counts=()):
    """The same by somebody without a part, or beside what ended: it says nothing."""
    case(name, OVER.get(status, 'notSealed'), code, why, status=status, counts=list(counts))(make)


# --- signing ---

def sign_without(step):
    scene = Scene().sent().ready(CUSTOMER, skip=(step,))
    scene.sign(CUSTOMER)
    return scene


invalid('073-sign-without-present', 'recipient.not_presented', lambda: sign_without('present'))
invalid('074-sign-without-consent', 'recipient.not_consented', lambda: sign_without('consent'))
invalid('000-sign-without-access', 'recipient.access_not_demonstrated', lambda: sign_without('access'))
invalid('000-sign-without-fields', 'recipient.fields_incomplete', lambda: sign_without('commit'))


def consent_with(change):
    scene = Scene().sent()
    scene.join(CUSTOMER)
    scene.consent(CUSTOMER, change={'consent/' + path: value for path, value in change.items()})
    return scene


for name, change in (('text', {'text': OTHER}), ('version', {'version': '2'}), ('locale', {'locale': 'de'}), ('id', {'id': 'x'})):
    invalid('075-consent-other-' + name, 'recipient.consent_differs', lambda c=change: consent_with(c),
            'A consent to another text than the revision names.')
invalid('076-consent-withdrawn', 'recipient.not_consented', lambda: withdrawn(), 'A withdrawn consent is none.')


def withdrawn():
    scene = Scene().sent().ready(CUSTOMER)
    scene.write(CUSTOMER, 'consent.withdrawn', {'recipient': 'customer', 'revision': scene.revision})
    scene.sign(CUSTOMER)
    return scene


def sign_with(statement=None, change=None, **how):
    scene = Scene().sent().ready(CUSTOMER)
    scene.sign(CUSTOMER, statement=statement, change=change, **how)
    return scene


invalid('075-statement-other-consent', 'statement.wrong_consent', lambda: sign_with({'consent/version': '2'}))
invalid('000-statement-other-revision', 'statement.wrong_revision', lambda: sign_with({'revision': OTHER}))
invalid('000-statement-text-not-presented', 'statement.not_presented', lambda: sign_with(text=OTHER))
invalid('000-statement-rendering-not-presented', 'statement.not_presented', lambda: sign_with({'rendering/text': OTHER}))
invalid('000-statement-without-field', 'statement.wrong_fields', lambda: without_field())
invalid('000-statement-field-not-committed', 'statement.wrong_fields', lambda: more_field('budget'))
invalid('000-statement-field-of-another', 'statement.wrong_fields', lambda: more_field('remark'))
invalid('000-statement-fields-unsorted', 'schema.bad_value', lambda: unsorted_fields())


def fields_of(scene):
    return scene.statement(CUSTOMER)['fields']


def without_field():
    scene = Scene().sent().ready(CUSTOMER)
    scene.sign(CUSTOMER, statement={'fields': fields_of(scene)[1:]})
    return scene


def more_field(name):
    scene = Scene().sent().ready(CUSTOMER)
    more = fields_of(scene) + [{'id': name, 'commitment': OTHER}]
    scene.sign(CUSTOMER, statement={'fields': sorted(more, key=lambda field: field['id'])})
    return scene


def unsorted_fields():
    scene = Scene().sent().ready(CUSTOMER)
    scene.sign(CUSTOMER, statement={'fields': fields_of(scene)[::-1]})
    return scene


def second_text():
    """The provider signs another text than the customer did."""
    scene = Scene().sent().signed(CUSTOMER)
    scene.ready(PROVIDER, text=OTHER)
    scene.sign(PROVIDER, text=OTHER)
    return scene


invalid('000-statement-other-text-than-before', 'statement.text_differs', second_text, status='inProgress', counts=['customer'])


def stale():
    scene = Scene().sent().ready(CUSTOMER)
    old, inputs = scene.revision, scene.inputs
    scene.publish(number=2)
    scene.sign(CUSTOMER, change={'revision': old}, statement={'revision': old, 'consent': inputs['consent']})
    return scene


invalid('077-sign-stale-revision', 'envelope.stale_revision', stale)


def evidence_of_old_revision():
    scene = Scene().sent().ready(CUSTOMER)
    scene.publish(number=2)
    scene.sign(CUSTOMER)
    return scene


invalid('077-evidence-of-stale-revision', 'recipient.access_not_demonstrated', evidence_of_old_revision,
        'What was shown and consented for revision 1 is none for revision 2.')


def revision_after_signature():
    scene = Scene().sent().signed(CUSTOMER)
    scene.publish(number=2)
    return scene


case('078-revision-after-signature', 'notSealed', 'envelope.not_sealed', 'The signature stays visible and does not count.',
     status='sent', counts=[])(revision_after_signature)


def out_of_turn():
    scene = Scene().sent().ready(PROVIDER)
    scene.sign(PROVIDER)
    return scene


invalid('079-out-of-turn', 'recipient.out_of_turn', out_of_turn)


def turn_not_known():
    """The first signer signed, and the second one's event does not know."""
    scene = Scene().sent()
    on = scene.heads()
    scene.signed(CUSTOMER)
    scene.ready(PROVIDER, on=on)
    scene.sign(PROVIDER, on=[scene.last[PROVIDER.kid]])
    return scene


invalid('079-turn-not-in-its-past', 'recipient.out_of_turn', turn_not_known, status='inProgress', counts=['customer'])


def commit(values, party=CUSTOMER):
    scene = Scene().sent()
    scene.join(party)
    scene.commit(party, values)
    return scene


invalid('080-field-of-another', 'recipient.field_not_own', lambda: commit({'remark': 'x'}), "The customer fills the provider's field.")
invalid('081-field-of-the-sender', 'recipient.field_not_own', lambda: commit({'seats': 1}), 'A value of the sender is changed.')
invalid('081-field-filled-by-signing', 'recipient.field_not_own', lambda: commit({'customerSignature': 'x'}))
invalid('000-field-that-is-not-there', 'recipient.field_not_own', lambda: commit({'price': 1}))


def declined_then(act):
    scene = Scene().sent().ready(CUSTOMER)
    scene.decline(CUSTOMER)
    act(scene)
    return scene


noted('082-sign-after-decline', 'recipient.declined', lambda: declined_then(lambda s: s.sign(CUSTOMER)), status='declined')
noted('082-other-signs-after-decline', 'envelope.ended', lambda: declined_then(lambda s: s.ready(PROVIDER)), status='declined')
invalid('000-decline-after-signing', 'recipient.already_signed', lambda: signed_then(lambda s: s.decline(CUSTOMER)),
        status='inProgress', counts=['customer'])
invalid('000-sign-twice', 'recipient.already_signed', lambda: signed_then(lambda s: s.sign(CUSTOMER)),
        status='inProgress', counts=['customer'])
invalid('000-fields-after-signing', 'recipient.already_signed', lambda: signed_then(lambda s: s.commit(CUSTOMER)),
        status='inProgress', counts=['customer'])


def signed_then(act):
    scene = Scene().sent().signed(CUSTOMER)
    act(scene)
    return scene


noted('083-delegation', 'recipient.bad_proof', lambda: delegated(), 'A request to sign for somebody is no invitation.')


def delegated():
    scene = Scene().sent()
    scene.join(CUSTOMER)
    scene.write(CUSTOMER, 'delegation.requested', {'recipient': 'customer', 'revision': scene.revision,
                                                   'detail': scene.detail({'name': 'Dora Delegate'})})
    scene.write(PROVIDER, 'recipient.joined', {  # the delegate comes without a link
        'recipient': 'customer', 'key': {'x': PROVIDER.x}, 'proof': encode(PROVIDER.sign(b'x' * 32))})
    return scene


def two_devices():
    scene = Scene().sent()
    scene.join(CUSTOMER)
    scene.join(LAPTOP)
    return scene


case('084-two-devices', 'notSealed', 'envelope.not_sealed', 'Two joins by one link are two devices of one recipient.', status='sent')(
    two_devices)
invalid('084-joins-twice', 'recipient.already_joined', lambda: joined_twice())


def joined_twice():
    scene = Scene().sent()
    scene.join(CUSTOMER)
    scene.join(CUSTOMER)
    return scene


def ended(how):
    scene = Scene().sent(deadline=DEADLINE)
    scene.ready(CUSTOMER)
    if how == 'voided':
        scene.void()
    else:
        scene.write(SCHEDULER, 'envelope.expired', {'deadlineAt': DEADLINE}, change={'at': 1763802000000})
    scene.sign(CUSTOMER)
    return scene


for how in ('voided', 'expired'):
    noted('085-sign-after-' + how, 'envelope.ended', lambda h=how: ended(h), status=how)


def viewer_signs(type_):
    scene = Scene().sent(types=('signer', type_))
    scene.ready(PROVIDER, skip=('access', 'consent'))
    scene.sign(PROVIDER)
    return scene


for type_ in ('viewer', 'copy'):
    noted('086-%s-signs' % type_, 'recipient.not_a_signer', lambda t=type_: viewer_signs(t))
case('086-viewer-sees', 'notSealed', 'envelope.not_sealed', 'A viewer may be shown the text.', status='sent')(
    lambda: Scene().sent(types=('signer', 'viewer')).ready(PROVIDER, skip=('access', 'consent')))
invalid('087-party-after-all-signed', 'envelope.signed_by_all', lambda: all_signed(lambda s: s.invite('witness', link=STRANGER)),
        status='signedByAll', counts=['customer', 'provider'])
invalid('000-revision-after-all-signed', 'envelope.signed_by_all', lambda: all_signed(lambda s: s.publish(number=2)),
        status='signedByAll', counts=['customer', 'provider'])
invalid('000-void-after-all-signed', 'envelope.signed_by_all', lambda: all_signed(lambda s: s.void()),
        status='signedByAll', counts=['customer', 'provider'])


def all_signed(act):
    scene = Scene().sent().signed()
    act(scene)
    return scene


def party_not_in_routing():
    scene = Scene().sent()
    scene.invite('witness', 1, link=STRANGER)
    party = Party(55, 'witness')
    scene.join(party, link=STRANGER)
    scene.access(party)
    return scene


invalid('087-party-not-in-routing', 'recipient.not_a_signer', party_not_in_routing, 'Invited after sending, in no revision.')

# --- access, devices, acceptance ---


def wrong_code():
    scene = Scene().sent()
    scene.join(CUSTOMER)
    scene.access(CUSTOMER, change={'code': '%04d' % ((int(scene.code('customer')) + 1) % 10_000)})
    return scene


invalid('000-wrong-access-code', 'recipient.wrong_code', wrong_code)


def accepted(act, accept=True):
    scene = Scene().sent({'acceptance': 'owner'})
    join = scene.join(CUSTOMER)
    if accept:
        scene.write(OWNER, 'recipient.accepted', {'recipient': 'customer', 'join': join})
    act(scene, join)
    return scene


noted('000-act-before-acceptance', 'recipient.not_accepted', lambda: accepted(lambda s, j: s.present(CUSTOMER), accept=False))
case('000-act-after-acceptance', 'notSealed', 'envelope.not_sealed', 'Accepted, the device may act.', status='sent')(
    lambda: accepted(lambda s, j: s.present(CUSTOMER)))
invalid('000-accepted-twice', 'recipient.already_accepted', lambda: accepted(
    lambda s, j: s.write(OWNER, 'recipient.accepted', {'recipient': 'customer', 'join': j})))
noted('000-accepted-by-recipient', 'envelope.not_owner', lambda: accepted(
    lambda s, j: s.write(CUSTOMER, 'recipient.accepted', {'recipient': 'customer', 'join': j}), accept=False))
invalid('000-accepted-no-join', 'recipient.key_not_bound', lambda: accepted(
    lambda s, j: s.write(OWNER, 'recipient.accepted', {'recipient': 'customer', 'join': s.env}), accept=False))


def new_link(act):
    scene = Scene().sent().ready(CUSTOMER)
    scene.invite('customer', link=Key(23))
    act(scene)
    return scene


noted('000-old-device-after-new-link', 'recipient.key_not_bound', lambda: new_link(lambda s: s.sign(CUSTOMER)),
        'A new link unbinds the devices of the old one.')
noted('000-old-link-after-new-link', 'recipient.bad_proof', lambda: new_link(lambda s: s.join(LAPTOP)),
        'The secret of a replaced link proves nothing.')
invalid('000-evidence-of-old-link', 'recipient.access_not_demonstrated', lambda: new_link(
    lambda s: (s.join(LAPTOP, link=Key(23)), s.sign(LAPTOP, statement={'fields': fields_of(s)}))),
        'What devices of the old link gave is no evidence for the new one.')
invalid('000-invited-after-signing', 'recipient.already_signed', lambda: signed_then(lambda s: s.invite('customer', link=Key(23))),
        status='inProgress', counts=['customer'])
invalid('000-role-changed-after-sending', 'recipient.differs', lambda: new_order())


def new_order():
    scene = Scene().sent()
    scene.invite('customer', 3, link=Key(23))
    return scene


def conflict():
    scene = Scene().sent().ready(CUSTOMER, skip=('commit',))
    scene.join(LAPTOP)
    on = scene.heads()
    scene.commit(CUSTOMER, on=on)
    scene.commit(LAPTOP, on=on)
    scene.sign(CUSTOMER)
    return scene


invalid('000-fields-conflict', 'recipient.fields_conflict', conflict, 'Two devices filled a field, neither knew of the other.')

# --- the owner's side ---


def drafted(act, **how):
    scene = Scene().prepared(**how)
    act(scene)
    return scene


invalid('000-revision-number-skipped', 'revision.wrong_number', lambda: drafted(lambda s: s.publish(number=3)), status='draft')
invalid('000-revision-number-again', 'revision.wrong_number', lambda: drafted(lambda s: s.publish(number=1)), status='draft')
invalid('000-revision-hash', 'revision.wrong_hash', lambda: drafted(lambda s: None, body_change={'revision': OTHER}), status='draft')
invalid('000-revision-by-recovery', 'envelope.not_owner', lambda: drafted(lambda s: s.publish(number=2, by=RECOVERY)), status='draft')
invalid('000-sent-by-completer', 'envelope.not_owner', lambda: drafted(lambda s: s.send(by=COMPLETER)), status='draft')
invalid('000-sent-other-revision', 'envelope.stale_revision', lambda: drafted(lambda s: s.send(change={'revision': OTHER})), status='draft')
invalid('000-sent-twice', 'envelope.wrong_status', lambda: drafted(lambda s: (s.send(), s.send())))
invalid('000-sent-without-revision', 'envelope.no_revision', lambda: no_revision(), status='draft')
invalid('000-sent-without-invitation', 'envelope.routing_differs', lambda: not_invited(), status='draft')
invalid('000-sent-one-too-many-invited', 'envelope.routing_differs', lambda: drafted(
    lambda s: (s.invite('witness', link=STRANGER), s.send())), status='draft')
invalid('000-sent-other-order', 'envelope.routing_differs', lambda: drafted(
    lambda s: (s.invite('provider', 5), s.send())), status='draft')
invalid('000-sent-nobody-signs', 'envelope.no_signer', lambda: drafted(lambda s: s.send(), types=('viewer', 'copy')), status='draft')
invalid('000-invited-by-recovery', 'envelope.not_owner', lambda: drafted(lambda s: s.invite('customer', by=RECOVERY)), status='draft')


def no_revision():
    scene = Scene()
    scene.create()
    scene.invite('customer')
    scene.revision = OTHER
    scene.send()
    return scene


def not_invited():
    scene = Scene()
    scene.create()
    scene.invite('customer')
    scene.publish()
    scene.send()
    return scene


def routing(change):
    scene = Scene()
    scene.create()
    scene.invite('customer')
    scene.invite('provider', 2)
    scene.publish(routing=change(Scene.routing))
    return scene


invalid('000-routing-unsorted', 'envelope.blob_malformed', lambda: routing(lambda r: r[::-1]), status='draft')
invalid('000-routing-twice', 'envelope.blob_malformed', lambda: routing(lambda r: [r[0], r[0]]), status='draft')
invalid('000-routing-order-65', 'envelope.blob_malformed', lambda: routing(lambda r: [{**r[0], 'order': 65}, r[1]]), status='draft')
invalid('000-routing-order-0', 'envelope.blob_malformed', lambda: routing(lambda r: [{**r[0], 'order': 0}, r[1]]), status='draft')
invalid('000-fields-name-nobody', 'envelope.blob_malformed', lambda: fields(
    [{'id': 'a', 'kind': 'input', 'type': 'int', 'label': 'A', 'required': True, 'recipient': 'witness'}]), status='draft')
invalid('000-fields-unsorted', 'envelope.blob_malformed', lambda: fields(
    [{'id': i, 'kind': 'input', 'type': 'int', 'label': 'A', 'required': True} for i in 'ba']), status='draft')
invalid('000-fields-required-word', 'envelope.blob_malformed', lambda: fields(
    [{'id': 'a', 'kind': 'input', 'type': 'int', 'label': 'A', 'required': 'maybe'}]), status='draft')


def fields(entries):
    scene = Scene()
    scene.create()
    scene.invite('customer')
    scene.invite('provider', 2)
    scene.publish(fields={'format': 'countersign-fields/v1', 'fields': entries})
    return scene


def after_sending(new_routing):
    scene = Scene().sent()
    scene.publish(number=2, routing=new_routing)
    return scene


invalid('000-revision-routes-a-stranger', 'envelope.routing_differs', lambda: after_sending(
    Scene.routing + [{'id': 'witness', 'order': 1, 'recipientType': 'signer', 'role': 'witness'}]))
case('000-revision-routes-fewer', 'notSealed', 'envelope.not_sealed', 'A later revision may name fewer.', status='sent')(
    lambda: after_sending(Scene.routing[:1]))

case('000-void-by-recovery', 'ended', 'envelope.ended', 'The recovery key may void.', status='voided')(
    lambda: drafted(lambda s: (s.send(), s.void(RECOVERY))))
for name, party in (('completer', COMPLETER), ('scheduler', SCHEDULER)):
    (noted if name == 'scheduler' else invalid)('000-void-by-' + name, 'envelope.not_owner', lambda p=party: drafted(lambda s: (s.send(), s.void(p))))


def expired(deadline, said, at, by=SCHEDULER):
    scene = Scene().sent(deadline=deadline)
    scene.write(by, 'envelope.expired', {'deadlineAt': said}, change={'at': at})
    return scene


AT_DEADLINE = 1763802000000
case('000-expired', 'ended', 'envelope.ended', 'At the deadline.', status='expired')(
    lambda: expired(DEADLINE, DEADLINE, AT_DEADLINE))
noted('000-expired-too-early', 'envelope.deadline_not_reached', lambda: expired(DEADLINE, DEADLINE, AT_DEADLINE - 1))
noted('000-expired-other-deadline', 'envelope.deadline_not_reached', lambda: expired(
    DEADLINE, '2025-11-22T08:30:00Z', AT_DEADLINE))
noted('000-expired-other-spelling', 'envelope.deadline_not_reached', lambda: expired(
    DEADLINE, '2025-11-22T09:00:00.0Z', AT_DEADLINE))
noted('000-expired-without-deadline', 'envelope.deadline_not_reached', lambda: expired(None, DEADLINE, AT_DEADLINE))
noted('000-expired-by-mailer', 'event.not_permitted', lambda: expired(DEADLINE, DEADLINE, AT_DEADLINE, MAILER))
noted('000-expired-with-offset', 'schema.bad_value', lambda: expired(
    DEADLINE, '2025-11-22T10:00:00+01:00', AT_DEADLINE))
invalid('000-deadline-on-february-30', 'schema.bad_value', lambda: drafted(lambda s: None, deadline='2026-02-30T00:00:00Z'), status='draft')
for name, said in (('small-letters', '2026-06-30t23:59:59z'), ('small-t', '2026-06-30t23:59:59Z'), ('space', '2026-06-30 23:59:59Z'),
                   ('ten-decimals', '2026-06-30T23:59:59.1234567890Z'), ('year-0', '0000-06-30T23:59:59Z')):
    invalid('000-deadline-' + name, 'schema.bad_value', lambda said=said: drafted(lambda s: None, deadline=said),
            'RFC 3339 would have some of these; a time has one spelling of its letters here.', status='draft')
invalid('000-deadline-leap-second', 'schema.bad_value', lambda: drafted(lambda s: None, deadline='2026-06-30T23:59:60Z'), status='draft')


def signed_after_deadline(ms, deadline=DEADLINE):
    scene = Scene().sent(deadline=deadline).ready(CUSTOMER)
    scene.write(CUSTOMER, 'recipient.signed', {
        'recipient': 'customer', 'revision': scene.revision, 'statement': scene.statement(CUSTOMER)},
        change={'at': AT_DEADLINE + ms})
    return scene


invalid('064-sign-after-deadline', 'envelope.deadline_passed', lambda: signed_after_deadline(1))
case('063-sign-at-deadline', 'notSealed', 'envelope.not_sealed', 'At the deadline is in time.', status='inProgress',
     counts=['customer'])(lambda: signed_after_deadline(0))
FINE = '2025-11-22T09:00:00.000999999Z'
case('000-expired-at-fine-deadline', 'ended', 'envelope.ended', 'What is finer than a millisecond is cut off.', status='expired')(
    lambda: expired(FINE, FINE, AT_DEADLINE))
invalid('000-sign-after-fine-deadline', 'envelope.deadline_passed', lambda: signed_after_deadline(1, FINE))
case('000-sign-at-fine-deadline', 'notSealed', 'envelope.not_sealed', 'In time to the millisecond.', status='inProgress',
     counts=['customer'])(lambda: signed_after_deadline(0, FINE))

# --- completion ---


def completed(change=None, by=COMPLETER, signatures=None, parties=(CUSTOMER, PROVIDER)):
    scene = Scene().sent().signed(*parties)
    scene.complete(signatures and signatures(scene), by=by, change=change)
    return scene


def wrong_completion(name, code, why='', **how):
    invalid(name, code, lambda: completed(**how), why, status='signedByAll', counts=['customer', 'provider'])


wrong_completion('069-completion-of-fewer', 'completion.wrong_signatures', signatures=lambda s: s.signatures[:1])
wrong_completion('070-completion-of-another-event', 'completion.wrong_signatures', signatures=lambda s: s.signatures + [s.env])
noted('071-completion-by-mailer', 'event.not_permitted', lambda: completed(by=MAILER), status='signedByAll', counts=['customer', 'provider'])
wrong_completion('071-completion-by-customer', 'event.not_permitted', by=CUSTOMER)
wrong_completion('000-completion-text', 'completion.wrong_text', change={'text': OTHER})
wrong_completion('000-completion-past', 'completion.wrong_past', change={'past': OTHER})
wrong_completion('000-completion-count', 'completion.wrong_past', change={'count': 15})
wrong_completion('000-completion-revision', 'envelope.stale_revision', change={'revision': OTHER})
invalid('000-completion-too-early', 'envelope.wrong_status', lambda: completed(parties=(CUSTOMER,)), status='inProgress',
        counts=['customer'])
for name, party in (('owner', OWNER), ('recovery', RECOVERY)):
    case('000-completion-by-' + name, 'valid', None, status='completed', counts=['customer', 'provider'])(
        lambda p=party: completed(by=p))


def second_completion(signatures):
    scene = Scene().sent().signed()
    on = scene.heads()
    scene.complete()
    scene.complete(signatures(scene), by=OWNER, on=on)
    return scene


case('069-second-completion-same', 'valid', None, 'Two completions that name the same are one.', status='completed',
     counts=['customer', 'provider'])(lambda: second_completion(lambda s: s.signatures))
case('069-second-completion-other', 'valid', 'completion.wrong_signatures', 'The second list has no effect.', status='completed',
     counts=['customer', 'provider'])(lambda: second_completion(lambda s: s.signatures[:1]))


def uncounted():
    """The completion lists a signature that a new revision superseded."""
    scene = Scene().sent().signed(CUSTOMER)
    scene.publish(number=2)
    scene.complete()
    return scene


invalid('070-completion-of-superseded', 'envelope.wrong_status', uncounted)

# --- facts around it ---
invalid('000-delivery-by-recipient', 'event.not_permitted', lambda: delivered(CUSTOMER))
case('000-delivery-by-mailer', 'notSealed', 'envelope.not_sealed', status='sent')(lambda: delivered(MAILER))


def delivered(party):
    scene = Scene().sent()
    scene.join(CUSTOMER)
    scene.write(party, 'delivery.recorded', {'recipient': 'customer', 'channel': 'email', 'outcome': 'sent'})
    return scene


invalid('000-delivery-to-nobody', 'recipient.unknown', lambda: to_nobody())


def to_nobody():
    scene = Scene().sent()
    scene.write(OWNER, 'delivery.recorded', {'recipient': 'witness', 'channel': 'email', 'outcome': 'sent'})
    return scene


invalid('000-copy-of-unknown-revision', 'envelope.stale_revision', lambda: copied(OTHER))
invalid('000-presented-before-sending', 'envelope.not_sent', lambda: before_sending('present'), status='draft')
invalid('000-consent-before-sending', 'envelope.not_sent', lambda: before_sending('consent'), status='draft')


def copied(revision):
    scene = Scene().sent()
    scene.join(CUSTOMER)
    scene.write(CUSTOMER, 'copy.delivered', {'recipient': 'customer', 'revision': revision, 'form': 'html'})
    return scene


def before_sending(step):
    scene = Scene().prepared()
    scene.join(CUSTOMER)
    getattr(scene, step)(CUSTOMER)
    return scene


invalid('000-second-creation', 'envelope.already_open', lambda: created_again(), status='sent')


def created_again():
    scene = Scene().sent()
    scene.write(OWNER, 'envelope.created', {
        'suite': 'CSG-1', 'owner': {'x': OWNER.x}, 'services': {}, 'tiePolicy': 'ownerWins', 'acceptance': 'auto',
        'deadlinePolicy': 'claim'})
    return scene
