"""What one side tries to undo, to bring back or to stop with the powers it has: revocations, merges, keys added beside
their own revocation, second completions, acts of the owner beside what was sealed. Core/FORMAT.md section 10."""
from kit import OVER, case  # first: it says where the others are
import cases_values as values
from cases_devices import LINK, SECOND, owner, revoke, unowned
from cases_races import AT_DEADLINE, BOTH, DEADLINE
from canonical import encode, tagged, write
from document import Renderer, field_definitions, linear_text
from event import by_bytes
from scene import (ANSWERS, COMPLETER, CUSTOMER, LAPTOP, LINKS, MAILER, MARK, OWNER, PROVIDER, RECOVERY, SCHEDULER,
                   TEMPLATE, TEXT, Key, Party, Scene, ref_of)

BOTH = list(BOTH)
OTHER = 'A' * 43
THIRD, FOURTH = Party(9), Party(10)
VIEWER = Party(18, 'viewer')
LINKS['viewer'] = Key(27)
WITH_VIEWER = Scene.routing + [{'id': 'viewer', 'order': 3, 'recipientType': 'viewer', 'role': 'viewer'}]


def invalid(name, code, make, why='', status='sent', counts=()):
    case('000-' + name, 'invalid', code, why, status=status, counts=list(counts))(make)


def noted(name, code, make, why='', status='sent', counts=()):
    """The same by somebody without a part, or beside what ended: it says nothing."""
    case('000-' + name, OVER.get(status, 'notSealed'), code, why, status=status, counts=list(counts))(make)


def open_(name, make, why='', status='sent', counts=()):
    case('000-' + name, 'notSealed', 'envelope.not_sealed', why, status=status, counts=list(counts))(make)


def sealed(name, make, why='', code=None):
    case('000-' + name, 'valid', code, why, status='completed', counts=BOTH)(make)


def service(scene, key, by=OWNER, role='mailer', change='added', **how):
    return scene.write(by, 'service.keyChanged', {'role': role, 'key': {'x': key.x}, 'change': change}, **how)


def merge(scene, kept, by=RECOVERY, **how):
    return scene.write(by, 'owner.merged', {'kept': kept}, **how)


# --- what the owner unbinds, and what stays ---

def undone(*acts):
    """A device of the owner joined as a viewer, too, seals, and is revoked as the viewer's as if it had never been."""
    scene = Scene()
    scene.create()
    scene.routing = WITH_VIEWER
    scene.invite('customer')
    scene.invite('provider', 2)
    scene.invite('viewer', 3, 'viewer')
    on = scene.heads()
    owner(scene, OWNER, 'owner.deviceAdded', SECOND, on=on)
    scene.publish(fields=field_definitions(TEMPLATE, scene.routing), on=scene.heads())
    scene.send()
    both = Party(8, 'viewer')
    both.chain = encode(bytes([77]) * 16)
    scene.join(both, on=on)
    scene.signed()
    scene.complete(by=SECOND)
    for act in acts:
        act(scene)
    return scene


def revoke_the_viewer(scene):
    revoke(scene, OWNER, SECOND, [scene.env], recipient='viewer')


def revoke_the_customer(scene):
    mine = [event for event in scene.events if scene.author[event] == CUSTOMER.kid]
    revoke(scene, OWNER, CUSTOMER, [mine[-2]])


sealed('seal-undone-by-revocation', lambda: undone(revoke_the_viewer), undone.__doc__)
sealed('seal-undone-then-voided', lambda: undone(revoke_the_viewer, lambda s: s.void()), 'And then the envelope is voided.',
       'envelope.already_completed')
sealed('seal-undone-signer-revoked', lambda: undone(revoke_the_viewer, revoke_the_customer, lambda s: s.void()),
       "And the customer's device before its signature, too.", 'envelope.already_completed')


def undeclined():
    """The owner revokes the device that declined at what stood before: the decline stays."""
    scene = Scene().sent().ready(CUSTOMER)
    before = scene.heads()
    scene.decline(CUSTOMER)
    revoke(scene, OWNER, CUSTOMER, before)
    return scene


def unsigned(then):
    """The owner revokes a device whose signature he knows at what stood before it: the signature stays."""
    scene = Scene().sent({'tiePolicy': 'signatureWins'}).ready(CUSTOMER)
    before = scene.heads()
    scene.signatures = [scene.sign(CUSTOMER)]
    scene.signed(PROVIDER)
    revoke(scene, OWNER, CUSTOMER, before)
    then(scene)
    return scene


def revoked_beside(by, on_join=False):
    """The device signs beside its revocation, which knew what came before: the signature is taken away."""
    scene = Scene().sent().ready(CUSTOMER)
    scene.join(LAPTOP)
    on = scene.heads()
    scene.sign(CUSTOMER)
    revoke(scene, by, CUSTOMER, [scene.env] if on_join else on, on=on)
    return scene


case('000-undeclined', 'ended', 'envelope.ended', undeclined.__doc__, status='declined', counts=[])(undeclined)
invalid('unsigned-then-voided', 'envelope.signed_by_all', lambda: unsigned(lambda s: s.void()), unsigned.__doc__, 'signedByAll', BOTH)
sealed('unsigned-then-sealed', lambda: unsigned(lambda s: s.complete()), unsigned.__doc__)
open_('signed-beside-revocation-by-owner', lambda: revoked_beside(OWNER), revoked_beside.__doc__)
open_('signed-beside-revocation-by-own-device', lambda: revoked_beside(LAPTOP), revoked_beside.__doc__)


def goes_on_after(by):
    """A revocation that names the genesis as what stays. By the owner it leaves what it knew, so the second device,
    added by the first, is bound; by a device of the recipient it leaves nothing of the first one."""
    scene = Scene().sent().ready(CUSTOMER)
    added = scene.write(CUSTOMER, 'device.added', scene.key(Party(14, 'customer'), 'customer'))
    scene.join(LAPTOP, on=[added])
    revoke(scene, by, CUSTOMER, [scene.env])
    scene.present(Party(14, 'customer'))
    return scene


open_('added-before-revocation-by-owner', lambda: goes_on_after(OWNER), goes_on_after.__doc__)
case('000-added-before-revocation-by-own-device', 'notSealed', 'recipient.key_not_bound', goes_on_after.__doc__, status='sent')(
    lambda: goes_on_after(LAPTOP))


def two_acts(first, second):
    scene = Scene().sent().ready(CUSTOMER)
    on = scene.heads()
    first(scene, on)
    second(scene, on)
    return scene


case('060-revocation-beside-new-link', 'contested', 'envelope.frozen', "That the owner revokes a device is an act of the owner's chain.",
     status='frozen', counts=[])(lambda: two_acts(lambda s, on: revoke(s, OWNER, CUSTOMER, on, on=on),
                                      lambda s, on: s.invite('provider', 2, link=Key(24), on=on)))
open_('revocation-by-own-device-beside-new-link', lambda: two_acts(
    lambda s, on: revoke(s, CUSTOMER, CUSTOMER, on, on=on), lambda s, on: s.invite('provider', 2, link=Key(24), on=on)),
    'That a recipient does is none.')


def by_former_owner(then=lambda scene, handed: None):
    """The recovery key handed over; the former owner revokes the customer's device beside that, and beside a signature."""
    scene = Scene().sent().ready(CUSTOMER)
    on = scene.heads()
    scene.sign(CUSTOMER)
    handed = owner(scene, RECOVERY, 'owner.handedOver', SECOND)
    revoke(scene, OWNER, CUSTOMER, on, on=on)
    then(scene, handed)
    return scene


case('000-revoked-by-former-owner', 'contested', 'envelope.frozen', by_former_owner.__doc__, status='frozen', counts=[])(by_former_owner)
open_('revoked-by-former-owner-repaired', lambda: by_former_owner(merge), 'A revocation that a merge gives up takes nothing away.',
      'inProgress', ['customer'])


# --- keys beside a revocation ---

def thief(*acts, knows=False):
    """A device of the owner is stolen and revoked; beside that it adds another key, so as to stay."""
    scene = Scene().prepared()
    owner(scene, OWNER, 'owner.deviceAdded', SECOND)
    on = scene.heads()
    if not knows:
        unowned(scene, OWNER, SECOND)
    for act in acts:
        on = [act(scene, on)]
    if knows:
        unowned(scene, OWNER, SECOND)
    return scene


def adds(by, key):
    return lambda scene, on: owner(scene, by, 'owner.deviceAdded', key, on=on)


def then(scene, act):
    act(scene)
    return scene


def frozen(name, make, why, code='envelope.not_owner'):
    noted(name, code, make, why, 'frozen')


frozen('thief-voids', lambda: then(thief(adds(SECOND, THIRD)), lambda s: s.void(THIRD)), thief.__doc__)
frozen('thief-merges', lambda: then(thief(adds(SECOND, THIRD)), lambda s: merge(s, s.last[SECOND.kid], by=THIRD)),
       'The added key would give up the revocation.')
frozen('thief-merges-by-a-third', lambda: then(thief(adds(SECOND, THIRD), adds(THIRD, FOURTH)), lambda s: merge(s, s.last[SECOND.kid], by=FOURTH)),
       'What the added key adds falls with it.')
frozen('thief-adds-a-service', lambda: then(
    thief(lambda s, on: service(s, THIRD, SECOND, 'mailer', on=on)),
    lambda s: s.write(THIRD, 'delivery.recorded', {'recipient': 'customer', 'channel': 'email', 'outcome': 'sent'})),
       'A service that the stolen device adds falls with it.', 'event.not_permitted')
frozen('thief-hands-over', lambda: then(thief(lambda s, on: owner(s, SECOND, 'owner.handedOver', THIRD, on=on)), lambda s: s.void(THIRD)),
       'A hand-over beside the revocation gives nothing.')
open_('thief-repaired', lambda: then(thief(adds(SECOND, THIRD)), lambda s: (merge(s, s.last[OWNER.kid], by=OWNER), s.send())),
      'The owner keeps the revocation.')
case('000-added-before-revocation', 'ended', 'envelope.ended', 'A revocation that knew what the device added leaves it.', status='voided')(
    lambda: then(thief(adds(SECOND, THIRD), knows=True), lambda s: s.void(THIRD)))
case('000-added-by-added-before-revocation', 'ended', 'envelope.ended', 'Also what that one added.', status='voided')(
    lambda: then(thief(adds(SECOND, THIRD), adds(THIRD, FOURTH), knows=True), lambda s: s.void(FOURTH)))
case('000-added-by-recovery-beside-revocation', 'contested', 'envelope.frozen', 'What the recovery key gives stands always.', status='frozen')(
    lambda: then(thief(adds(RECOVERY, THIRD)), lambda s: service(s, FOURTH, THIRD)))


def handed_over():
    """A hand-over takes the owner's place from its author, and stands."""
    scene = Scene().prepared()
    owner(scene, OWNER, 'owner.handedOver', SECOND)
    scene.send(by=SECOND)
    return scene


open_('handed-over-by-owner', handed_over, handed_over.__doc__)


def both_sides():
    """A key is made the owner's and joins for the customer, neither knowing of the other: it is bound to nobody."""
    scene = Scene().sent()
    on = scene.heads()
    owner(scene, OWNER, 'owner.deviceAdded', LAPTOP, on=on)
    twice = Party(13, 'customer')
    twice.chain = encode(bytes([78]) * 16)
    scene.join(twice, on=on)
    scene.present(twice)
    return scene


invalid('joined-and-made-the-owners', 'recipient.key_not_bound', both_sides, both_sides.__doc__)


# --- forks and merges ---

def merged_away(*acts, last=True):
    """A merge gives up the revision that a send knew; another merge gives up that merge, and all is as it was."""
    scene = Scene()
    scene.create()
    owner(scene, OWNER, 'owner.deviceAdded', SECOND)
    scene.invite('customer')
    scene.invite('provider', 2)
    on = scene.heads()
    revision = scene.publish(on=on)
    scene.join(CUSTOMER, on=on)
    other = service(scene, Party(55), SECOND, on=on)
    given = merge(scene, other, on=[revision, other])
    sent = scene.send(on=[revision])
    if last:
        merge(scene, sent, on=[given, sent])
    for act in acts:
        act(scene)
    return scene


open_('merge-given-up', lambda: merged_away(lambda s: s.present(CUSTOMER)), merged_away.__doc__)
open_('merge-given-up-then-access', lambda: merged_away(lambda s: s.access(CUSTOMER)), merged_away.__doc__)
invalid('sent-without-its-revision', 'envelope.not_sent', lambda: merged_away(lambda s: s.write(
    CUSTOMER, 'copy.delivered', {'recipient': 'customer', 'revision': s.revision, 'form': 'html'}), last=False),
        'Nothing is sent in a set that has no revision.', 'frozen')


def unvoided():
    """An act beside the void, and a merge that would keep it."""
    scene = Scene().sent().signed(CUSTOMER)
    on = scene.heads()
    scene.void()
    merge(scene, service(scene, Party(57), on=on), by=OWNER)
    return scene


invalid('unvoided-by-merge', 'envelope.ended', unvoided, unvoided.__doc__, 'frozen', ['customer'])


def forked(kept, between=None):
    """Two devices of the sender publish, neither knowing of the other; `kept` of (what stood before, left, right)."""
    scene = Scene().prepared()
    before = owner(scene, OWNER, 'owner.deviceAdded', SECOND)
    left = scene.publish(number=2, values={'seats': 6})
    terms = scene.revision, scene.inputs
    right = scene.publish(number=2, by=SECOND, values={'seats': 7}, on=[before])
    if between:
        between(scene)
    merge(scene, [before, left, right][kept])
    scene.revision, scene.inputs = terms
    scene.send()
    return scene


open_('merged-after-key-change', lambda: forked(1, lambda s: service(s, Party(57))), 'Keys may change before the fork is repaired: a branch '
      'that a later act knows can be kept, and what knew both stays.')
case('000-merge-keeps-what-all-know', 'invalid', 'owner.not_a_head', 'Nothing is unordered with it: nothing would be given up.',
     status='frozen')(lambda: forked(0))


# --- several completions ---

OTHER_TERMS = {'seats': 50}
USED = {**OTHER_TERMS, **ANSWERS}
_document = Renderer(TEMPLATE, USED).document()
OTHER_DOCUMENT = write(_document)
OTHER_TEXT, OTHER_RENDERING = ref_of(OTHER_DOCUMENT), ref_of(linear_text(_document).encode())


def two_completions(smaller, policy='ownerWins', act=None):
    """Beside what was signed and sealed, the owner publishes other terms, signs them by the customer's link and seals."""
    scene = Scene().sent({'tiePolicy': policy}, types=('signer', 'viewer'))
    on = scene.heads()
    scene.signed(CUSTOMER)
    first = scene.complete()
    scene.commitments = {}
    known = [scene.publish(number=2, values=OTHER_TERMS, on=on)]
    for step, more in ((scene.join, {}), (scene.access, {}), (scene.consent, {}),
                       (scene.present, {'text': OTHER_TEXT, 'rendering': OTHER_RENDERING}), (scene.commit, {})):
        known = [step(Party(14, 'customer'), on=known, **more)]
    mark = scene.sign(Party(14, 'customer'), on=known, used=USED, text=OTHER_TEXT, statement={
        'documents/0/size': len(OTHER_DOCUMENT), 'rendering/text': OTHER_RENDERING})
    body = scene.completion([mark], on=[mark], change={'text': OTHER_TEXT})
    number = 0
    while True:
        number += 1
        payload = scene.payload(OWNER, 'envelope.completed', body, on=[mark], change={'salt': encode(number.to_bytes(16, 'big'))})
        stored = scene.store(OWNER, payload)
        event = encode(tagged('countersign-event-id/v1', stored[:stored.rindex(b'.')]))
        if (by_bytes(event) < by_bytes(first)) == smaller:
            break
    scene.put(OWNER, payload, stored)
    if act:
        act(scene)
    return scene


for name, smaller, policy in (('smaller', True, 'ownerWins'), ('greater', False, 'ownerWins'), ('signatures-win', True, 'signatureWins')):
    case('071-two-completions-' + name, 'contested', 'completion.differs', two_completions.__doc__, status='frozen')(
        lambda s=smaller, p=policy: two_completions(s, p))
for name, party in (('completer', COMPLETER), ('owner', OWNER)):
    case('071-two-completions-voided-by-' + name, 'invalid', {'owner': 'envelope.frozen', 'completer': 'envelope.not_owner'}[name],
         'No void settles which completion it is.', status='frozen')(
        lambda p=party: two_completions(True, act=lambda s: s.void(p)))


def named_only():
    """The completer's key was introduced in the past of the signatures that the completion names, and nowhere else."""
    scene = Scene().prepared()
    other = Party(56)
    service(scene, other, role='completer')
    scene.send()
    scene.signed()
    known = set(scene.signatures).union(*map(scene.past, scene.signatures))
    past = encode(tagged('countersign-past/v1', '\n'.join(sorted(known, key=by_bytes)).encode()))
    scene.write(other, 'envelope.completed', {
        'revision': scene.revision, 'signatures': sorted(scene.signatures, key=by_bytes), 'text': TEXT, 'past': past,
        'count': len(known)}, change={'seen': [scene.env]})
    return scene


sealed('completer-known-by-named-signatures', named_only, named_only.__doc__)


def second_device_settles():
    scene = Scene().prepared({'tiePolicy': 'ownerSettles'})
    owner(scene, OWNER, 'owner.deviceAdded', SECOND)
    scene.send()
    scene.signed(CUSTOMER)
    scene.ready(PROVIDER)
    on = scene.heads()
    scene.signatures.append(scene.sign(PROVIDER))
    scene.void(on=on)
    scene.complete(by=SECOND)
    return scene


case('072-settled-by-sealing-of-second-device', 'valid', None, 'Any device of the owner settles by sealing.', status='completed',
     counts=BOTH)(second_device_settles)


def settled_before(other_race):
    """The owner's next new link settled for the link; another race is still open when he seals."""
    scene = Scene().sent({'tiePolicy': 'ownerSettles'}, provider_order=1)
    scene.ready(PROVIDER)
    on = scene.heads()
    scene.signatures = [scene.sign(PROVIDER)]
    scene.invite('provider', 1, link=Key(46), on=on)
    scene.invite('provider', 1, link=Key(47))
    scene.ready(CUSTOMER)
    on = scene.heads()
    scene.signatures.append(scene.sign(CUSTOMER))
    if other_race:
        scene.void(on=on)
        scene.complete(by=OWNER)
    return scene


case('072-settled-for-the-link', 'notSealed', 'envelope.not_sealed', 'What knew both settled it.', status='inProgress', counts=['customer'],
     marks={'provider': 'signature.overruled'})(lambda: settled_before(False))
case('072-sealed-against-what-was-settled', 'invalid', 'envelope.contested', settled_before.__doc__, status='contested', counts=[],
     marks={'provider': 'signature.overruled', 'customer': 'signature.contested'})(lambda: settled_before(True))


# --- beside what was sealed ---

def beside_seal(write):
    """Before sending there was this, of which the completion does not know."""
    scene = Scene().prepared()
    before = scene.heads()
    scene.send()
    sent = scene.heads()
    scene.signed()
    scene.complete()
    write(scene, before, sent)
    return scene


def invite_again(role):
    def write_(scene, before, sent):
        scene.invite('customer', link=Key(44), change={'role': role}, on=sent if role == 'customer' else before)
    return write_


sealed('renamed-beside-seal', lambda: beside_seal(invite_again('customer')), 'The owner invites the customer anew, by another name.')
sealed('other-role-beside-seal', lambda: beside_seal(invite_again('provider')), "Or in the provider's role.")
sealed('replaced-beside-seal', lambda: beside_seal(lambda s, before, sent: s.write(OWNER, 'recipient.replaced', {
    'recipient': 'customer', 'invitation': {'x': LINK.x}, 'level': 'link', 'detail': s.detail({'name': 'Mallory'})}, on=sent)),
    'Or puts somebody else in the place of who signed.')


def signing(role, **what):
    """Values are judged by the roles of the routing that was signed, whatever the owner wrote beside it."""
    order = values.Signing(**what)
    scene = Scene().prepared(compiled=values.COMPILED, source=values.SOURCE, values=order.values,
                             fields=field_definitions(values.TEMPLATE, Scene.routing))
    before = scene.heads()
    scene.send()
    order.sealed(scene)
    scene.invite('customer', link=Key(44), change={'role': role}, on=before)
    return scene


case('000-value-masked-by-role', 'invalid', 'field.too_large', signing.__doc__, status='completed', counts=BOTH)(
    lambda: signing('nobody', answers={'users': 10}))
sealed('value-caused-by-role', lambda: signing('provider'), signing.__doc__)


def signed_beside(scene, on, text=OTHER, known=()):
    """The other device of the customer is shown another text, and signs that."""
    on = [scene.present(LAPTOP, on=[*on, *known], text=text, rendering=OTHER)]
    body = {'recipient': 'customer', 'revision': scene.revision, 'detail': scene.detail({'mark': MARK, 'name': 'Eve'}),
            'statement': scene.statement(CUSTOMER, {'rendering/text': OTHER}, text=text)}
    return scene.write(LAPTOP, 'recipient.signed', body, on=on)


def two_readers():
    scene = Scene().sent()
    scene.ready(CUSTOMER)
    scene.ready(LAPTOP, skip=('commit', 'present'))
    return scene


def other_text_beside_seal():
    """What another device signed beside the seal is late, whatever text it is of: what is sealed stands."""
    scene = two_readers()
    on = scene.heads()
    scene.signatures = [scene.sign(CUSTOMER)]
    scene.signed(PROVIDER)
    scene.complete()
    signed_beside(scene, on)
    return scene


def other_text_of_thief():
    """The stolen device signed another text; it was revoked, the customer signed, and all was sealed."""
    scene = two_readers()
    before = scene.heads()
    signed_beside(scene, before)
    revoke(scene, CUSTOMER, LAPTOP, before)
    scene.signatures = [scene.sign(CUSTOMER)]
    scene.signed(PROVIDER)
    scene.complete()
    return scene


def every_statement():
    """Two devices sign unordered; what the one says of its text is wrong, the other comes later."""
    scene = two_readers()
    on = scene.heads()
    scene.sign(CUSTOMER, on=on, statement={'evaluation/inputs': OTHER})
    on = [scene.present(LAPTOP, on=on)]
    scene.write(LAPTOP, 'recipient.signed', {
        'recipient': 'customer', 'revision': scene.revision, 'statement': scene.statement(CUSTOMER),
        'detail': scene.detail({'mark': MARK, 'name': 'x'})}, on=on)
    return scene


sealed('other-text-beside-seal', other_text_beside_seal, other_text_beside_seal.__doc__, 'signature.late')
sealed('other-text-of-revoked-device', other_text_of_thief, other_text_of_thief.__doc__)
case('000-every-statement', 'contested', 'envelope.contested', every_statement.__doc__, status='contested', counts=[])(every_statement)


# --- what comes back, what never was ---

def revived(values_):
    """The owner publishes again what a signature of revision 1 bound: it would be superseded and count."""
    scene = Scene().sent().signed(CUSTOMER)
    first = scene.inputs
    scene.publish(number=2, values={'seats': 50})
    scene.publish(number=3, change={'values': first['values']} if values_ == 'same' else None)
    return scene


invalid('revision-repeated', 'revision.repeated', lambda: revived('same'), revived.__doc__)
open_('revision-of-the-same-terms', lambda: revived('fresh salt'), 'The same terms with a fresh salt are a revision of their own.')


def extended(deadline):
    """The scheduler expires at the deadline; beside it a revision has been published."""
    scene = Scene().sent(deadline=DEADLINE)
    on = scene.heads()
    scene.publish(number=2, deadline=deadline, on=on)
    scene.write(SCHEDULER, 'envelope.expired', {'deadlineAt': DEADLINE}, on=on, change={'at': AT_DEADLINE})
    return scene


open_('expired-beside-extension', lambda: extended('2026-11-22T09:00:00Z'), 'The deadline was extended: nothing has expired.')
open_('expired-beside-revision-without-deadline', lambda: extended(None), 'The new revision has none.')
case('000-expired-beside-revision', 'ended', 'envelope.ended', 'The new revision has the same deadline.', status='expired')(
    lambda: extended(DEADLINE))


def contested_draft(act):
    """Two devices of an approver grant, neither knowing of the other: nothing is sent, so nobody acts as if it were."""
    scene = Scene()
    scene.create()
    approver, again = Party(15, 'approver'), Party(16, 'approver')
    scene.routing = [{'id': 'approver', 'order': 1, 'recipientType': 'approver', 'role': 'approver'}, *Scene.routing]
    scene.invite('approver', 1, 'approver', LINK)
    scene.invite('customer')
    scene.invite('provider', 2)
    scene.publish(fields=field_definitions(TEMPLATE, scene.routing), deadline=DEADLINE)
    scene.join(approver, LINK)
    scene.join(again, LINK)
    scene.write(OWNER, 'approval.requested', {'recipient': 'approver', 'revision': scene.revision})
    on = scene.heads()
    for party in (approver, again):
        scene.write(party, 'approval.granted', {'recipient': 'approver', 'revision': scene.revision}, on=on)
    act(scene, approver)
    return scene


case('000-contested-draft', 'notSealed', 'envelope.not_sealed', contested_draft.__doc__, status='awaitingApproval', counts=[])(
    lambda: contested_draft(lambda s, approver: None))
for name, act in (
        ('presented', lambda s, approver: s.present(approver)),
        ('expired', lambda s, approver: s.write(SCHEDULER, 'envelope.expired', {'deadlineAt': DEADLINE}, change={'at': AT_DEADLINE})),
        ('reminded', lambda s, approver: s.write(MAILER, 'reminder.sent', {'recipient': 'customer', 'channel': 'link'})),
        ('access-granted', lambda s, approver: s.write(OWNER, 'access.granted', {
            'recipient': 'auditor', 'role': 'auditor', 'recipientType': 'viewer', 'order': 1, 'invitation': {'x': Key(40).x},
            'level': 'link', 'from': s.revision}))):
    (noted if name in ('expired', 'reminded') else invalid)('contested-draft-' + name, 'envelope.not_sent', lambda a=act: contested_draft(a), contested_draft.__doc__, 'awaitingApproval')


def accepted_added():
    """The owner accepts a device that a device added: there is nothing to accept."""
    scene = Scene().sent({'acceptance': 'owner'})
    join = scene.join(CUSTOMER)
    scene.write(OWNER, 'recipient.accepted', {'recipient': 'customer', 'join': join})
    added = scene.write(CUSTOMER, 'device.added', scene.key(Party(14, 'customer'), 'customer'))
    scene.write(OWNER, 'recipient.accepted', {'recipient': 'customer', 'join': added})
    return scene


invalid('accepted-an-added-device', 'recipient.key_not_bound', accepted_added, accepted_added.__doc__)


def id_again():
    """Access is granted under the id of somebody who was removed."""
    scene = Scene().sent()
    scene.invite('auditor', 3, 'viewer', Key(50))
    scene.write(OWNER, 'recipient.removed', {'recipient': 'auditor'})
    scene.write(OWNER, 'access.granted', {
        'recipient': 'auditor', 'role': 'auditor', 'recipientType': 'copy', 'order': 1, 'invitation': {'x': Key(51).x},
        'level': 'link', 'from': scene.revision})
    return scene


invalid('access-under-an-old-id', 'recipient.already_invited', id_again, id_again.__doc__)


def self_attested():
    """The owner is the attestor, too: that is nobody's word but the owner's."""
    scene = Scene().sent({'services/attestor': [OWNER.x]})
    scene.join(CUSTOMER)
    scene.write(OWNER, 'identity.attested', {'recipient': 'customer', 'device': CUSTOMER.kid, 'level': 'L3', 'method': 'eid'})
    return scene


invalid('attested-by-attesting-owner', 'event.not_permitted', self_attested, self_attested.__doc__)


def order(smaller):
    """A mark that lost against one new link and is in an open race with another: overruled, whichever is looked at first."""
    number = 0
    while True:
        number += 1
        scene = Scene().sent({'tiePolicy': 'ownerSettles'}, provider_order=1)
        owner(scene, OWNER, 'owner.deviceAdded', SECOND)
        scene.salts = 1000 * number
        scene.signed(CUSTOMER)
        scene.ready(PROVIDER)
        on = scene.heads()
        mark = scene.sign(PROVIDER)
        lost = scene.invite('provider', 1, link=Key(31), on=on)
        raced = scene.invite('provider', 1, link=Key(32), by=SECOND, on=on)
        scene.invite('provider', 1, link=Key(33), on=[lost, mark])
        if (by_bytes(lost) < by_bytes(raced)) == smaller:
            return scene


for name, smaller in (('lost-first', True), ('lost-last', False)):
    case('072-two-races-' + name, 'contested', 'envelope.frozen', order.__doc__, status='frozen', counts=['customer'],
         marks={'provider': 'signature.overruled'})(lambda s=smaller: order(s))


# --- what this version does not know ---

def junk(number, scene, party=CUSTOMER):
    for n in range(number):
        scene.write(party, 'future.thing', {'n': n})
    return scene


def hidden():
    """Behind 64 events that only a later version knows, one that is not allowed."""
    scene = Scene().sent()
    scene.join(CUSTOMER)
    junk(64, scene)
    scene.write(CUSTOMER, 'envelope.voided', {})
    return scene


sealed('junk-65-beside-seal', lambda: junk(65, Scene().completed()), 'However many there are.', 'event.unknown_type')
invalid('hidden-behind-junk', 'envelope.not_owner', hidden, hidden.__doc__)


def with_viewer():
    """Ready to be sent to the two signers and a viewer."""
    scene = Scene()
    scene.create()
    scene.routing = WITH_VIEWER
    scene.invite('customer')
    scene.invite('provider', 2)
    scene.invite('viewer', 3, 'viewer')
    scene.publish(fields=field_definitions(TEMPLATE, scene.routing))
    return scene


def unknown(party, seal=True):
    """Somebody writes what only a later version knows, before all is sealed."""
    scene = with_viewer()
    scene.send()
    scene.join(VIEWER)
    scene.join(CUSTOMER)
    scene.write(party, 'future.thing', {})
    if seal:
        scene.ready(CUSTOMER, skip=('join',))
        scene.signatures = [scene.sign(CUSTOMER)]
        scene.signed(PROVIDER)
        scene.complete()
    return scene


sealed('unknown-by-viewer', lambda: unknown(VIEWER), 'A viewer says nothing that a later version could count.', 'event.unknown_type')
case('000-unknown-by-viewer-unsealed', 'notSealed', 'event.unknown_type', status='sent')(lambda: unknown(VIEWER, seal=False))
case('000-unknown-by-signer', 'needsNewerVersion', 'event.unknown_type', status='completed', counts=BOTH)(lambda: unknown(CUSTOMER))
case('000-unknown-version-by-viewer', 'notSealed', 'event.unknown_version', 'The same of what cannot be read at all.', status='sent')(
    lambda: unknown(VIEWER, seal=False).attach(VIEWER, 'comment.added', {}, change={'v': 2}))


# --- who has no part says nothing ---

def by_viewer(before, act):
    scene = with_viewer()
    scene.send()
    scene.join(VIEWER)
    before(scene)
    act(scene)
    return scene


def declined_by_customer(scene):
    scene.ready(CUSTOMER)
    scene.decline(CUSTOMER)


noted('told-voided-then-shown-to-viewer', 'envelope.ended', lambda: by_viewer(lambda s: s.void(), lambda s: s.present(VIEWER)),
      'A viewer opens what is void.', 'voided')
noted('told-declined-then-viewer-consents', 'envelope.ended', lambda: by_viewer(declined_by_customer, lambda s: s.consent(VIEWER)), '', 'declined')
noted('told-signed-then-viewer-consents', 'recipient.not_a_signer', lambda: by_viewer(lambda s: s.signed(CUSTOMER), lambda s: s.consent(VIEWER)), '',
      'inProgress', ['customer'])


def reminded_of_the_void(scene):
    scene.void()
    scene.write(MAILER, 'reminder.sent', {'recipient': 'customer', 'channel': 'email'})


noted('told-voided-then-reminded', 'envelope.ended', lambda: then(Scene().sent(), reminded_of_the_void), 'A mailer that has not heard of it.', 'voided')
noted('told-ended-then-signed', 'envelope.ended', lambda: then(Scene().sent().ready(CUSTOMER), lambda s: (s.void(), s.sign(CUSTOMER))),
      'What ended stands whatever comes after it.', 'voided')
invalid('told-signed-twice-then-ended', 'recipient.already_signed', lambda: then(
    Scene().sent().ready(CUSTOMER), lambda s: (s.sign(CUSTOMER), s.sign(CUSTOMER), s.void())), 'What the end knew is a part of it.', 'voided',
    ['customer'])


def let_go(act):
    """A device that was revoked speaks on, and all sign."""
    scene = Scene().sent()
    scene.join(LAPTOP)
    revoke(scene, OWNER, LAPTOP)
    act(scene)
    return scene.signed()


noted('told-revoked-then-shown', 'device.revoked', lambda: let_go(lambda s: s.present(LAPTOP)), let_go.__doc__, 'signedByAll', BOTH)
noted('told-revoked-then-of-later', 'event.reserved_type', lambda: let_go(lambda s: s.write(LAPTOP, 'receipt.issued', {})), let_go.__doc__,
      'signedByAll', BOTH)
for name, act in (('mailer', lambda s: s.write(MAILER, 'receipt.issued', {})),
                  ('former-owner', lambda s: (owner(s, RECOVERY, 'owner.handedOver', SECOND), s.write(OWNER, 'receipt.issued', {})))):
    sealed('told-of-later-by-' + name, lambda a=act: then(then(Scene().sent(), a).signed(), lambda s: s.complete()),
           'Whoever has no part leaves nothing open.', 'event.reserved_type')


def strangers_join():
    scene = Scene()
    scene.create()
    known = [scene.invite('customer')]
    scene.invite('provider', 2)
    scene.publish()
    scene.send()
    scene.signed()
    scene.complete()
    scene.join(Party(70, 'customer'), link=Key(71), on=known)
    return scene


sealed('told-join-of-nobody', strangers_join, 'A join without the link, beside a seal.', 'recipient.bad_proof')


def viewer_and_signer():
    """A key that joined for a viewer and for a signer, neither knowing of the other."""
    scene = with_viewer()
    on = [scene.send()]
    scene.join(VIEWER, on=on)
    again = Party(18, 'customer')
    again.chain = encode(bytes([79]) * 16)
    scene.join(again, on=on)
    scene.write(VIEWER, 'future.thing', {})
    return scene


case('000-unknown-by-viewer-who-signs', 'notSealed', 'event.unknown_type', viewer_and_signer.__doc__, status='sent')(viewer_and_signer)
