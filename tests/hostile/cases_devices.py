"""Keys that come and go: devices of recipients and of the sender, a hand-over, a fork repaired; and who takes part."""
from kit import OVER, case
from canonical import ref_of, tagged_json, write
from document import field_definitions
from event import by_bytes
from scene import (ANSWERS, CUSTOMER, LAPTOP, OWNER, PROVIDER, RECOVERY, SCHEDULER, SOURCE, STRANGER, TEMPLATE, VALUES, Key, Party,
                   Scene, merged)

OTHER = 'A' * 43
TABLET, SECOND, APPROVER, AUDITOR = Party(14, 'customer'), Party(8), Party(15, 'approver'), Party(16, 'auditor')
BOTH = ['customer', 'provider']
LINK = Key(25)


def invalid(name, code, make, why='', status='sent', counts=()):
    case(name, 'invalid', code, why, status=status, counts=list(counts))(make)


def noted(name, code, make, why='', status='sent', counts=()):
    """The same by somebody without a part, or beside what ended: it says nothing."""
    case(name, OVER.get(status, 'notSealed'), code, why, status=status, counts=list(counts))(make)


def revoke(scene, by, device, heads=None, recipient='customer', **how):
    heads = scene.heads() if heads is None else heads
    return scene.write(by, 'device.revoked', {
        'recipient': recipient, 'device': device.kid, 'heads': sorted(heads, key=by_bytes)}, **how)


# --- devices of a recipient ---

def stolen():
    """The laptop is stolen and signs; the customer revokes it at what stood before, and signs."""
    scene = Scene().sent().ready(CUSTOMER)
    scene.join(LAPTOP)
    before = scene.heads()
    for name in ('access', 'consent', 'present'):
        getattr(scene, name)(LAPTOP)
    scene.sign(LAPTOP, statement={'fields': scene.statement(CUSTOMER)['fields']})
    return scene, before


def revoked_event_after():
    scene = Scene().sent()
    scene.join(LAPTOP)
    revoke(scene, OWNER, LAPTOP)
    scene.access(LAPTOP)
    return scene


def late_delivery(keeps):
    """The thief's signature was made beside the revocation, and arrives afterwards."""
    scene = Scene().sent().ready(CUSTOMER)
    scene.join(LAPTOP)
    before = scene.heads()
    scene.access(LAPTOP, on=before)
    scene.consent(LAPTOP, on=[scene.last[LAPTOP.kid]])
    scene.present(LAPTOP, on=[scene.last[LAPTOP.kid]])
    mark = scene.sign(LAPTOP, on=[scene.last[LAPTOP.kid], *before], statement={'fields': scene.statement(CUSTOMER)['fields']})
    revoke(scene, CUSTOMER, LAPTOP, heads=[mark] if keeps else before, on=[mark] if keeps else before)
    return scene


def stolen_then_signed():
    scene, before = stolen()
    revoke(scene, CUSTOMER, LAPTOP, before)
    scene.signatures = [scene.sign(CUSTOMER)]
    scene.signed(PROVIDER)
    scene.complete()
    return scene


def without_heads():
    scene = Scene().sent()
    scene.join(LAPTOP)
    scene.write(OWNER, 'device.revoked', {'recipient': 'customer', 'device': LAPTOP.kid})
    return scene


def rotated_back(on):
    """A revoked device adds another one of its own making."""
    scene = Scene().sent()
    scene.join(CUSTOMER)
    scene.join(LAPTOP)
    before = scene.heads()
    revoke(scene, CUSTOMER, LAPTOP, before)
    added = scene.write(LAPTOP, 'device.added', scene.key(TABLET, 'customer'), on=before if on == 'beside' else None)
    scene.write(TABLET, 'access.demonstrated', {
        'recipient': 'customer', 'revision': scene.revision, 'method': 'code', 'code': scene.code('customer')},
        on=None if on == 'after' else [added, scene.last[CUSTOMER.kid]])
    return scene


noted('039-event-after-revocation', 'device.revoked', revoked_event_after, 'A revoked device speaks for nobody.')
case('040-signature-beside-revocation', 'notSealed', None, late_delivery.__doc__, status='sent', counts=[])(lambda: late_delivery(False))
case('040-signature-that-revocation-keeps', 'notSealed', None, 'What the revocation names stays.', status='inProgress',
     counts=['customer'])(lambda: late_delivery(True))
case('040-stolen-then-signed', 'valid', None, stolen.__doc__, status='completed', counts=BOTH)(stolen_then_signed)
case('041-revocation-without-heads', 'invalid', 'schema.missing_member',
     'Without heads nobody could tell what stays.', status='sent')(without_heads)
case('042-revoked-adds-a-device', 'incomplete', 'device.revoked', rotated_back.__doc__, status='sent', counts=[])(lambda: rotated_back('after'))
noted('042-revoked-adds-a-device-beside', 'recipient.key_not_bound', lambda: rotated_back('beside'),
        'The same, as if it had not known.')


def two_devices(step):
    scene = Scene().sent()
    scene.join(CUSTOMER)
    step(scene)
    return scene


def signed_on_added():
    """A bound device adds another one, which signs."""
    scene = Scene().sent({'acceptance': 'owner'})
    join = scene.join(CUSTOMER)
    scene.write(OWNER, 'recipient.accepted', {'recipient': 'customer', 'join': join})
    scene.write(CUSTOMER, 'device.added', {**scene.key(TABLET, 'customer'), 'detail': scene.detail({'label': 'tablet'})})
    scene.ready(TABLET, skip=('join',))
    scene.signatures = [scene.sign(TABLET)]
    join = scene.join(PROVIDER)
    scene.write(OWNER, 'recipient.accepted', {'recipient': 'provider', 'join': join})
    scene.ready(PROVIDER, skip=('join',))
    scene.signatures.append(scene.sign(PROVIDER))
    scene.complete()
    return scene


case('000-signed-on-added-device', 'valid', None, signed_on_added.__doc__, status='completed', counts=BOTH)(signed_on_added)
invalid('000-added-device-without-proof', 'recipient.bad_proof', lambda: two_devices(lambda s: s.write(
    CUSTOMER, 'device.added', {**s.key(TABLET, 'customer'), 'proof': s.key(LAPTOP, 'customer')['proof']})))
invalid('000-added-device-of-the-sender', 'recipient.key_taken', lambda: two_devices(lambda s: s.write(
    CUSTOMER, 'device.added', s.key(OWNER, 'customer'))))
invalid('000-added-device-twice', 'recipient.already_joined', lambda: two_devices(lambda s: s.write(
    CUSTOMER, 'device.added', s.key(CUSTOMER, 'customer'))))
invalid('000-revoked-what-never-joined', 'recipient.key_not_bound', lambda: two_devices(lambda s: revoke(s, CUSTOMER, TABLET)))
invalid('000-revoked-at-unknown-head', 'device.unknown_head', lambda: two_devices(lambda s: revoke(s, CUSTOMER, CUSTOMER, [OTHER])))
noted('000-revoked-by-stranger', 'recipient.key_not_bound',
        lambda: two_devices(lambda s: revoke(s, SCHEDULER, CUSTOMER)))


# --- the sender's keys ---

def owner(scene, by, type_, added, **how):
    return scene.write(by, type_, scene.key(added), **how)


def lost_owner():
    """The sender's device is lost; the recovery key hands over, and the new device goes on."""
    scene = Scene()
    scene.create()
    owner(scene, RECOVERY, 'owner.handedOver', SECOND)
    scene.invite('customer', by=SECOND)
    scene.invite('provider', 2, by=SECOND)
    scene.publish(by=SECOND)
    scene.send(by=SECOND)
    scene.signed()
    scene.complete(by=SECOND)
    return scene


def by_second(then, add=True):
    scene = Scene()
    scene.create()
    if add:
        owner(scene, OWNER, 'owner.deviceAdded', SECOND)
    then(scene)
    return scene


def unowned(scene, by=SECOND, device=OWNER):
    return scene.write(by, 'owner.deviceRevoked', {'device': device.kid})


def forked():
    """Two devices of the sender publish, and neither knows of the other."""
    scene = Scene().prepared()
    owner(scene, OWNER, 'owner.deviceAdded', SECOND)
    before = scene.heads()
    scene.publish(number=2, values={'seats': 6}, on=before)
    left = scene.last[OWNER.kid]
    kept = (scene.revision, scene.inputs)
    scene.publish(number=2, by=SECOND, values={'seats': 7}, on=before)
    return scene, left, scene.last[SECOND.kid], kept


def repaired():
    """The fork is repaired: one branch stays, and the envelope goes on."""
    scene, left, _, kept = forked()
    scene.write(RECOVERY, 'owner.merged', {'kept': left, 'detail': scene.detail({'reason': 'two devices'})})
    scene.revision, scene.inputs = kept
    scene.publish(number=3)
    scene.send()
    scene.signed()
    scene.complete()
    return scene


def not_repaired(kept):
    scene, left, right, _ = forked()
    scene.write(OWNER, 'owner.merged', {'kept': {'old': scene.env, 'left': left}[kept]}, on=[left] if kept == 'left' else None)
    return scene


def signed_branch():
    """The branch that would be given up is the one that was sent and signed."""
    scene = Scene().prepared()
    owner(scene, OWNER, 'owner.deviceAdded', SECOND)
    before = scene.heads()
    scene.send()
    scene.signed(CUSTOMER)
    scene.invite('auditor', 3, 'viewer', LINK, by=SECOND, on=before)
    scene.write(SECOND, 'owner.merged', {'kept': scene.last[SECOND.kid]})
    return scene


case('000-handed-over', 'valid', None, lost_owner.__doc__, status='completed', counts=BOTH)(lost_owner)
noted('000-old-owner-after-hand-over', 'envelope.not_owner', lambda: after_hand_over(), status='draft')
case('060-fork-repaired', 'valid', None, repaired.__doc__, status='completed', counts=BOTH)(repaired)
case('060-fork-of-two-devices', 'contested', 'envelope.frozen', forked.__doc__, status='frozen')(lambda: forked()[0])
invalid('060-merge-keeps-no-head', 'owner.not_a_head', lambda: not_repaired('old'), status='frozen')
invalid('060-merge-without-knowing', 'envelope.not_sent', lambda: not_repaired('left'), 'Who knows one branch repairs nothing.',
        status='frozen')
invalid('060-merge-against-signature', 'owner.branch_signed', signed_branch, signed_branch.__doc__, status='frozen', counts=['customer'])
case('000-second-owner-device-unknown', 'incomplete', 'event.waits_for_key', 'Nothing introduced the key.', status='draft')(
    lambda: by_second(lambda s: s.invite('customer', by=SECOND), add=False))
invalid('000-owner-device-of-a-service', 'recipient.key_taken', lambda: by_second(lambda s: owner(s, OWNER, 'owner.deviceAdded', SCHEDULER)), status='draft')
invalid('000-owner-device-without-proof', 'recipient.bad_proof', lambda: by_second(lambda s: s.write(
    OWNER, 'owner.deviceAdded', {**s.key(TABLET), 'proof': s.key(LAPTOP)['proof']})), status='draft')
noted('000-owner-device-by-scheduler', 'envelope.not_owner', lambda: by_second(lambda s: owner(s, SCHEDULER, 'owner.deviceAdded', TABLET)), status='draft')
invalid('000-owner-revokes-itself', 'owner.own_key', lambda: by_second(lambda s: unowned(s, OWNER)), status='draft')
invalid('000-owner-revokes-unknown', 'owner.unknown_key', lambda: by_second(lambda s: unowned(s, OWNER, STRANGER)), status='draft')
noted('000-revoked-owner-invites', 'envelope.not_owner', lambda: by_second(lambda s: (unowned(s), s.invite('customer'))), status='draft')
noted('000-old-scheduler', 'event.not_permitted', lambda: by_second(lambda s: (
    s.write(OWNER, 'service.keyChanged', {'key': {'x': SCHEDULER.x}, 'role': 'scheduler', 'change': 'removed'}),
    s.write(SCHEDULER, 'automation.ran', {'rule': 'remind', 'outcome': 'done'}))), status='draft')
invalid('000-removed-what-is-no-service', 'owner.unknown_key', lambda: by_second(lambda s: s.write(
    OWNER, 'service.keyChanged', {'key': {'x': LAPTOP.x}, 'role': 'scheduler', 'change': 'removed'})), status='draft')


def after_hand_over():
    scene = Scene()
    scene.create()
    owner(scene, RECOVERY, 'owner.handedOver', SECOND)
    scene.invite('customer')
    return scene


# --- people ---

def approved(answer='approval.granted', ask=True, send=True, type_='approver'):
    """The law department approves before the envelope is sent; then the customer signs."""
    scene = Scene()
    scene.create()
    scene.routing = [{'id': 'approver', 'order': 1, 'recipientType': type_, 'role': 'approver'},
                     {'id': 'customer', 'order': 1, 'recipientType': 'signer', 'role': 'customer'}]
    scene.invite('approver', type_=type_, link=LINK)
    scene.invite('customer')
    scene.publish()
    if ask:
        scene.write(OWNER, 'approval.requested', {'recipient': 'approver', 'revision': scene.revision})
    if answer:
        scene.join(APPROVER, link=LINK)
        scene.write(APPROVER, answer, {'recipient': 'approver', 'revision': scene.revision})
    if send:
        scene.send()
    return scene


def approved_and_signed(early):
    scene = approved() if early else approved(answer=None, ask=False)
    marks = [scene.last[APPROVER.kid]] if early else []
    if not early:
        scene.join(APPROVER, link=LINK)
        scene.present(APPROVER)
        marks = [scene.write(APPROVER, 'recipient.approved', {'recipient': 'approver', 'revision': scene.revision})]
    scene.ready(CUSTOMER)
    scene.complete(marks + [scene.sign(CUSTOMER)])
    return scene


def unapproved_completion():
    scene = approved(answer=None, ask=False)
    scene.ready(CUSTOMER)
    scene.complete([scene.sign(CUSTOMER)])
    return scene


def approved_by_removed(*parties):
    """An approver who approved is removed before sending: the approval counts no more, and takes nobody's place."""
    scene = Scene()
    scene.create()
    scene.invite('customer')
    scene.invite('provider', 2)
    scene.invite('approver', 1, 'approver', LINK)
    scene.publish()
    scene.write(OWNER, 'approval.requested', {'recipient': 'approver', 'revision': scene.revision})
    scene.join(APPROVER, link=LINK)
    scene.write(APPROVER, 'approval.granted', {'recipient': 'approver', 'revision': scene.revision})
    scene.write(OWNER, 'recipient.removed', {'recipient': 'approver'})
    scene.send()
    scene.signed(*parties)
    scene.complete()
    return scene


def approver(then):
    scene = approved(answer=None, ask=False)
    scene.join(APPROVER, link=LINK)
    then(scene)
    return scene


def answer_twice():
    scene = approved(send=False)
    scene.write(APPROVER, 'approval.refused', {'recipient': 'approver', 'revision': scene.revision})
    return scene


def approved_and_required():
    """The template requires a field of the approver, who approved before sending, when nobody could fill one."""
    source = SOURCE.replace(b'provider, required: false', b'provider, required: true')
    template = merged(TEMPLATE, {'source': ref_of(source)})
    for field in template['fields']:
        if field['id'] == 'remark':
            field['required'] = True
    compiled = write(template)
    routing = [Scene.routing[0], {**Scene.routing[1], 'recipientType': 'approver'}]
    scene = Scene()
    scene.create()
    scene.invite('customer')
    scene.invite('provider', 2, 'approver')
    scene.publish(routing, compiled=compiled, source=source, fields=field_definitions(template, routing))
    scene.write(OWNER, 'approval.requested', {'recipient': 'provider', 'revision': scene.revision})
    scene.join(PROVIDER)
    marks = [scene.write(PROVIDER, 'approval.granted', {'recipient': 'provider', 'revision': scene.revision})]
    scene.send()
    scene.ready(CUSTOMER)
    inputs = tagged_json('countersign-evaluation-inputs/v1', {'compiled': ref_of(compiled), 'values': {**VALUES, **ANSWERS}})
    scene.complete(marks + [scene.sign(CUSTOMER, statement={'evaluation/inputs': inputs})])
    return scene


case('000-approved-before-sending-with-required', 'valid', None, approved_and_required.__doc__, status='completed', counts=['customer'])(
    approved_and_required)
case('000-approved-before-sending', 'valid', None, approved.__doc__, status='completed', counts=['customer'])(
    lambda: approved_and_signed(True))
case('000-approved-after-sending', 'valid', None, 'The same, in its turn.', status='completed', counts=['customer'])(
    lambda: approved_and_signed(False))
invalid('069-sealed-with-approval-of-removed', 'envelope.wrong_status', lambda: approved_by_removed(CUSTOMER),
        'An approval of somebody who is in no routing is not the signature that is lacking.', status='inProgress', counts=['customer'])
case('000-sealed-with-approval-of-removed', 'valid', None, approved_by_removed.__doc__, status='completed', counts=BOTH)(
    lambda: approved_by_removed(CUSTOMER, PROVIDER))
invalid('000-sent-without-approval', 'approval.missing', lambda: approved(answer=None), status='awaitingApproval')
invalid('000-sent-though-refused', 'approval.missing', lambda: approved('approval.refused'), status='awaitingApproval')
invalid('000-approved-unasked', 'approval.not_requested', lambda: approved(ask=False, send=False), status='draft')
invalid('000-approved-twice', 'approval.already_given', answer_twice, status='draft')
invalid('000-asked-a-viewer', 'recipient.not_an_approver', lambda: approved(answer=None, send=False, type_='viewer'), status='draft')
invalid('000-completed-without-approval', 'envelope.wrong_status', unapproved_completion, status='inProgress', counts=['customer'])
invalid('000-approved-without-seeing', 'recipient.not_presented', lambda: approver(lambda s: s.write(
    APPROVER, 'recipient.approved', {'recipient': 'approver', 'revision': s.revision})))
invalid('086-approver-signs', 'recipient.not_a_signer', lambda: approver(lambda s: s.access(APPROVER)), 'An approver is no signer.')
invalid('086-signer-approves', 'recipient.not_an_approver', lambda: two_devices(lambda s: s.write(
    CUSTOMER, 'recipient.approved', {'recipient': 'customer', 'revision': s.revision})))


def witnessed():
    """A witness signs after the customer, in person, with the sender as host."""
    scene = Scene().prepared(types=('signer', 'witness'))
    scene.send()
    scene.signed()
    scene.complete()
    return scene


def replaced():
    """The customer's delegate signs in the customer's place, with a link of their own."""
    scene = Scene().sent().ready(CUSTOMER)
    scene.write(CUSTOMER, 'delegation.requested', {'recipient': 'customer', 'revision': scene.revision})
    scene.write(OWNER, 'recipient.replaced', {'recipient': 'customer', 'invitation': {'x': LINK.x}, 'level': 'link',
                                              'detail': scene.detail({'name': 'Dora Delegate'})})
    return scene


def replaced_and_signed():
    scene = replaced()
    delegate = Party(17, 'customer')
    scene.join(delegate, link=LINK)
    scene.ready(delegate, skip=('join',))
    scene.signatures = [scene.sign(delegate)]
    scene.signed(PROVIDER)
    scene.complete()
    return scene


def old_signs():
    scene = replaced()
    scene.sign(CUSTOMER)
    return scene


def granted(scene, **change):
    body = {'recipient': 'auditor', 'role': 'auditor', 'recipientType': 'viewer', 'order': 1, 'invitation': {'x': LINK.x},
            'level': 'link', 'from': scene.revision, 'detail': scene.detail({'name': 'Audrey Auditor'}), **change}
    return scene.write(OWNER, 'access.granted', body)


def access_later():
    """An auditor is let in after completion, joins and takes a copy."""
    scene = Scene().completed()
    granted(scene)
    scene.join(AUDITOR, link=LINK)
    scene.write(AUDITOR, 'copy.delivered', {'recipient': 'auditor', 'revision': scene.revision, 'form': 'html'})
    return scene


def removed(sent):
    scene = Scene().sent() if sent else Scene().prepared()
    scene.write(OWNER, 'recipient.removed', {'recipient': 'provider'})
    if not sent:
        scene.send()
    return scene


def removed_before_sending():
    """Somebody is taken off again before the envelope is sent."""
    scene = Scene().prepared()
    scene.write(OWNER, 'recipient.removed', {'recipient': 'provider', 'detail': scene.detail({'reason': 'not needed'})})
    scene.publish(routing=scene.routing[:1], number=2)
    scene.send()
    scene.signed(CUSTOMER)
    scene.complete()
    return scene


case('000-witnessed', 'valid', None, witnessed.__doc__, status='completed', counts=BOTH)(witnessed)
case('083-delegate-accepted', 'valid', None, replaced.__doc__, status='completed', counts=BOTH)(replaced_and_signed)
noted('083-replaced-signs', 'recipient.key_not_bound', old_signs, 'The old link speaks for nobody.')
case('087-access-granted-later', 'valid', None, access_later.__doc__, status='completed', counts=BOTH)(access_later)
invalid('087-access-for-a-signer', 'access.only_reading', lambda: two_devices(lambda s: granted(s, recipientType='signer')))
invalid('087-access-for-somebody-there', 'recipient.already_invited', lambda: two_devices(lambda s: granted(s, recipient='customer')))
invalid('087-access-from-nowhere', 'envelope.stale_revision', lambda: two_devices(lambda s: granted(s, **{'from': OTHER})))
case('000-removed-before-sending', 'valid', None, removed_before_sending.__doc__, status='completed', counts=['customer'])(
    removed_before_sending)
invalid('000-removed-and-still-routed', 'recipient.still_routed', lambda: removed(True))
invalid('000-sent-to-the-removed', 'envelope.routing_differs', lambda: removed(False), status='draft')
