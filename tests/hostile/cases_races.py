"""Acts that do not know each other, under each tie policy."""
from kit import case
from scene import ANSWERS, CUSTOMER, LAPTOP, OWNER, PROVIDER, RECOVERY, SCHEDULER, Key, Scene

POLICIES = ('ownerWins', 'signatureWins', 'ownerSettles')
DEADLINE, AT_DEADLINE = '2025-11-22T09:00:00Z', 1763802000000
OTHER = 'A' * 43


def race(act, policy, parties=(CUSTOMER, PROVIDER), **sent):
    """The owner's side acts without knowing of the last signature."""
    scene = Scene().sent({'tiePolicy': policy}, **sent)
    if parties[:-1]:
        scene.signed(*parties[:-1])
    for party in parties[-1:]:
        scene.ready(party)
        on = scene.heads()
        scene.signatures.append(scene.sign(party))
    act(scene, on)
    return scene


def races(name, act, outcomes, parties=(CUSTOMER, PROVIDER), why='', **sent):
    for policy, (verdict, code, status, counts) in zip(POLICIES, outcomes):
        case('%s-%s' % (name, policy), verdict, code, why, status=status, counts=list(counts))(
            lambda p=policy: race(act, p, parties, **sent))


BOTH = ('customer', 'provider')
SETTLED = ('notSealed', 'envelope.not_sealed', 'signedByAll', BOTH)
races('072-void-and-last-signature', lambda s, on: s.void(on=on), (
    ('ended', 'envelope.ended', 'voided', ['customer']), SETTLED,
    ('contested', 'envelope.contested', 'contested', ['customer'])), why='A void against the last signature.')
races('072-expiry-and-last-signature', lambda s, on: s.write(
    SCHEDULER, 'envelope.expired', {'deadlineAt': DEADLINE}, on=on, change={'at': AT_DEADLINE}), (
    ('ended', 'envelope.ended', 'expired', ['customer']), SETTLED,
    ('contested', 'envelope.contested', 'contested', ['customer'])), why='An expiry against the last signature.', deadline=DEADLINE)
races('072-revision-and-signature', lambda s, on: s.publish(number=2, on=on), (
    ('notSealed', 'envelope.not_sealed', 'sent', []), SETTLED,
    ('contested', 'envelope.contested', 'contested', [])), why='A new revision against the last signature.')
races('072-new-link-and-signature', lambda s, on: s.invite('provider', 2, link=Key(24), on=on), (
    ('notSealed', 'envelope.not_sealed', 'inProgress', ['customer']), SETTLED,
    ('contested', 'envelope.contested', 'contested', ['customer'])), why='A new link against a signature by the old one.')


def settled_by(act, race_act=lambda s, on: s.void(on=on)):
    scene = race(race_act, 'ownerSettles')
    act(scene)
    return scene


case('072-settled-by-void', 'ended', 'envelope.ended', 'The owner settles by an act that knows both.', status='voided',
     counts=['customer'])(lambda: settled_by(lambda s: s.void()))
case('072-settled-by-sealing', 'valid', None, 'The owner settles for the signatures by sealing.', status='completed',
     counts=list(BOTH))(lambda: settled_by(lambda s: s.complete(by=OWNER)))
case('072-sealed-while-open', 'invalid', 'envelope.contested', 'Nobody but the owner settles.', status='contested')(
    lambda: settled_by(lambda s: s.complete()))
case('072-settled-by-revision', 'notSealed', 'envelope.not_sealed', status='sent', counts=[])(
    lambda: settled_by(lambda s: s.publish(number=3), lambda s, on: s.publish(number=2, on=on)))
case('072-settled-by-new-link', 'notSealed', 'envelope.not_sealed', status='inProgress', counts=['customer'])(
    lambda: settled_by(lambda s: s.invite('provider', 2, link=Key(25)), lambda s, on: s.invite('provider', 2, link=Key(24), on=on)))


def sealed_against_owner(policy):
    scene = race(lambda s, on: s.void(on=on), policy)
    scene.complete()
    return scene


case('072-sealed-after-lost-void', 'valid', None, 'Where signatures win, the void is as if it had not been.', status='completed',
     counts=list(BOTH))(lambda: sealed_against_owner('signatureWins'))
case('072-sealed-after-won-void', 'ended', 'envelope.ended', 'Where the owner wins, nothing is left to seal.', status='voided')(
    lambda: sealed_against_owner('ownerWins'))


def devices(policy, second):
    scene = Scene().sent({'tiePolicy': policy}).ready(CUSTOMER)
    scene.ready(LAPTOP, skip=('commit',))
    on = scene.heads()
    scene.sign(CUSTOMER, on=on)
    body = {'recipient': 'customer', 'revision': scene.revision}
    if second == 'sign':
        scene.write(LAPTOP, 'recipient.signed', {**body, 'statement': scene.statement(CUSTOMER)}, on=on)
    else:
        scene.decline(LAPTOP, on=on)
    return scene


for policy in POLICIES:
    for second in ('sign', 'decline'):
        case('067-two-devices-%s-%s' % (second, policy), 'contested', 'envelope.contested', 'Two marks of one recipient.',
             status='contested', counts=[])(lambda p=policy, s=second: devices(p, s))


def texts(policy):
    """Parallel signers bind different texts, neither knows the other."""
    scene = Scene().sent({'tiePolicy': policy}, provider_order=1)
    on = scene.heads()
    scene.signed(CUSTOMER)
    scene.ready(PROVIDER, text=OTHER, on=on)
    scene.sign(PROVIDER, text=OTHER, on=[scene.last[PROVIDER.kid]])
    return scene


for policy in POLICIES:
    # Neither counts, so neither is compared: what one of them knew may have been another text.
    case('000-two-texts-' + policy, 'contested', 'envelope.contested', status='contested', counts=[])(
        lambda p=policy: texts(p))


def void_and_decline():
    scene = Scene().sent().ready(CUSTOMER)
    on = scene.heads()
    scene.decline(CUSTOMER)
    scene.void(on=on)
    return scene


case('000-void-and-decline', 'ended', 'envelope.ended', 'No race: either way it is over.', status='voided')(void_and_decline)


def parallel():
    scene = Scene().sent(provider_order=1)
    on = scene.heads()
    scene.signed(CUSTOMER)
    scene.ready(PROVIDER, on=on)
    scene.signatures.append(scene.sign(PROVIDER, on=[scene.last[PROVIDER.kid]]))
    scene.complete()
    return scene


case('000-parallel-signers', 'valid', None, 'Signers of one order need not know of each other.', status='completed',
     counts=list(BOTH))(parallel)


def receipt_deadline(policy):
    """Under "receipt" no proof says that the signatures came in time: expiry still holds."""
    scene = Scene().sent({'tiePolicy': policy, 'deadlinePolicy': 'receipt'}, deadline=DEADLINE).signed()
    scene.write(SCHEDULER, 'envelope.expired', {'deadlineAt': DEADLINE}, change={'at': AT_DEADLINE})
    return scene


case('000-expired-unproven', 'ended', 'envelope.ended', status='expired')(lambda: receipt_deadline('ownerWins'))
case('000-expired-unproven-signatures-win', 'notSealed', 'envelope.signed_by_all', status='signedByAll', counts=list(BOTH))(
    lambda: receipt_deadline('signatureWins'))


def aside(act, other, **create):
    """Two acts that do not know each other, once everything is sent and the customer is ready."""
    scene = Scene().sent(create or None).ready(CUSTOMER)
    on = scene.heads()
    act(scene, on)
    other(scene, on)
    return scene


case('000-recovery-void-beside-owner', 'ended', 'envelope.ended', 'The recovery key is no part of the owner\'s chain.', status='voided')(
    lambda: aside(lambda s, on: s.void(RECOVERY, on=on), lambda s, on: s.invite('provider', 2, link=Key(24), on=on)))
case('060-void-beside-revision', 'contested', 'envelope.frozen', 'Two acts of the owner that exclude each other.', status='frozen')(
    lambda: aside(lambda s, on: s.void(on=on), lambda s, on: s.publish(number=2, on=on)))
case('060-two-voids', 'contested', 'envelope.frozen', 'Even two voids of two devices: neither knew the other.', status='frozen')(
    lambda: aside(lambda s, on: s.void(on=on), lambda s, on: s.void(on=on)))


def decline_beside_signature():
    scene = Scene().sent(provider_order=1)
    on = scene.heads()
    scene.signed(CUSTOMER)
    scene.ready(PROVIDER, on=on)
    scene.decline(PROVIDER, on=[scene.last[PROVIDER.kid]])
    return scene


case('000-decline-beside-signature', 'ended', 'envelope.ended', 'One signs, another declines: no race, it is declined.',
     status='declined', counts=['customer'])(decline_beside_signature)


def rejoined():
    """A device comes back by the new link and signs."""
    scene = Scene().sent().ready(CUSTOMER)
    scene.invite('customer', link=Key(23))
    scene.join(CUSTOMER, link=Key(23))
    scene.ready(CUSTOMER, skip=('join',))
    scene.sign(CUSTOMER)
    return scene


case('000-rejoined-by-new-link', 'notSealed', 'envelope.not_sealed', rejoined.__doc__, status='inProgress', counts=['customer'])(rejoined)


def new_link_settles_old_mark(policy):
    """The mark by the old link is there first; the same recipient signs again by the new one."""
    scene = race(lambda s, on: s.invite('customer', link=Key(23), on=on), policy, parties=(CUSTOMER,))
    scene.join(LAPTOP, link=Key(23))
    scene.ready(LAPTOP, skip=('join',), values=dict(ANSWERS))
    scene.sign(LAPTOP)
    return scene


for policy, outcome in zip(POLICIES, (('notSealed', 'envelope.not_sealed', 'inProgress', ['customer']),
                                      ('invalid', 'recipient.already_signed', 'inProgress', ['customer']),
                                      ('invalid', 'envelope.contested', 'contested', []))):
    case('072-signed-again-by-new-link-' + policy, *outcome[:2], new_link_settles_old_mark.__doc__, status=outcome[2],
         counts=outcome[3])(lambda p=policy: new_link_settles_old_mark(p))


def beside_signature(act):
    """The customer's other device acts without knowing of the signature; the completion knows both."""
    scene = Scene().sent()
    scene.join(LAPTOP)
    scene.ready(CUSTOMER)
    on = scene.heads()
    scene.signatures.append(scene.sign(CUSTOMER))
    commitments = dict(scene.commitments)
    known = on
    for number in range(3):  # deep enough to come later in any order that can be shown
        known = [act(scene, known, number)]
    scene.commitments = commitments
    scene.ready(PROVIDER)
    scene.signatures.append(scene.sign(PROVIDER))
    scene.complete()
    return scene


case('000-answers-beside-signature', 'valid', None, 'What counts is what the signature knew: later answers of another device change nothing.',
     status='completed', counts=list(BOTH))(lambda: beside_signature(
         lambda s, on, n: s.commit(LAPTOP, {'contact': 'Eve %d' % n, 'phone': False}, on=on)))
case('000-presented-beside-signature', 'valid', None, 'Nor does what another device was shown.', status='completed', counts=list(BOTH))(
    lambda: beside_signature(lambda s, on, n: s.present(LAPTOP, text=OTHER, rendering=OTHER, on=on)))


def without_new_blobs(by):
    scene = Scene().completed()
    before = set(scene.blobs)
    scene.publish(number=2, by=by, fields={'format': 'countersign-fields/v1', 'fields': []}, change={'routing': OTHER})
    scene.blobs = {ref: data for ref, data in scene.blobs.items() if ref in before}
    return scene


for name, party in (('owner', OWNER), ('customer', CUSTOMER)):
    case('000-revision-without-blobs-beside-seal-by-' + name, 'valid', 'event.waits_for_blob',
         'A revision that waits for its blobs holds up nothing that is sealed.', status='completed', counts=list(BOTH))(
        lambda p=party: without_new_blobs(p))
