"""What the law says where several acts are beside each other and one side profits: whose knowledge counts, and that no id
and no order decides. Core/FORMAT.md section 10."""
from kit import case  # first: it says where the others are
from cases_devices import owner, revoke, unowned
from cases_undone import BOTH, SECOND, invalid, open_, sealed, service
from scene import COMPLETER, CUSTOMER, LAPTOP, MAILER, OWNER, PROVIDER, RECOVERY, Key, Party, Scene

OTHER_LINK = Key(31)
NEW_CUSTOMER = Party(17, 'customer')


# --- several seals ---

def sealed_otherwise(by, removed):
    """Somebody of the owner's side, who made the links, signs and seals a second time in a past of his own."""
    scene = Scene().prepared()
    owner(scene, OWNER, 'owner.deviceAdded', SECOND)
    scene.send()
    on = scene.heads()
    if removed is SECOND:
        unowned(scene, OWNER, SECOND)
    scene.signed()
    scene.complete()
    known, scene.commitments, signatures = on, {}, []
    if removed is COMPLETER:
        known = [service(scene, COMPLETER, role='completer', change='removed', on=on)]
    for party in (Party(41, 'customer'), Party(42, 'provider')):
        for step in ('join', 'access', 'consent', 'present', 'commit')[:5 if party.recipient == 'customer' else 4]:
            known = [getattr(scene, step)(party, on=known)]
        known = [scene.sign(party, on=known)]
        signatures += known
    scene.complete(signatures, by=by, on=known)
    return scene


for name, by, removed, why in (
        ('revoked-device', SECOND, SECOND, 'The device that seals beside was revoked, which the true seal knows.'),
        ('owner-without-completer', OWNER, COMPLETER, 'He takes the key that sealed away first: that replaces nothing.')):
    case('000-sealed-otherwise-by-' + name, 'contested', 'completion.differs', sealed_otherwise.__doc__ + ' ' + why, status='frozen',
         counts=[])(lambda by=by, removed=removed: sealed_otherwise(by, removed))


def sealed_twice(first, second):
    """Two seals of the same, one of which knew something of a later version: what was sealed does not depend on it."""
    scene = Scene().sent().signed()
    on = scene.signatures[-1:]
    scene.write(MAILER, 'receipt.issued', {})
    scene.complete(by=first, on=on)
    scene.complete(by=second, on=on + [scene.last[MAILER.kid]])
    return scene


for first, second in ((COMPLETER, OWNER), (OWNER, COMPLETER)):
    sealed('sealed-twice-by-' + ('completer' if first is COMPLETER else 'owner') + '-first',
           lambda first=first, second=second: sealed_twice(first, second), sealed_twice.__doc__)


# --- whose knowledge counts ---

def form_filler(then):
    """A form filler approves what one device answered; another device answers otherwise beside that."""
    scene = Scene().sent(types=('formFiller', 'signer'))
    scene.join(CUSTOMER)
    scene.present(CUSTOMER)
    scene.join(LAPTOP)
    on = scene.heads()
    scene.commit(CUSTOMER, on=on)
    mine = scene.last[CUSTOMER.kid]
    other = scene.commit(LAPTOP, {'contact': 'Eve', 'phone': False}, on=on)
    then(scene, mine, scene.commit(LAPTOP, {'contact': 'Eve', 'phone': False}, on=[other]))
    return scene


def approve_and_seal(scene, mine, other):
    approval = scene._act(CUSTOMER, 'recipient.approved', {}, None, {'on': [mine]})
    known = [approval]
    for step in ('join', 'access', 'consent', 'present'):
        known = [getattr(scene, step)(PROVIDER, on=known)]
    scene.complete([approval, scene.sign(PROVIDER, on=known)])


def approve_both(scene, mine, other):
    scene._act(CUSTOMER, 'recipient.approved', {}, None, {'on': [mine, other]})


case('000-answered-beside-an-approval', 'valid', None, 'What the approval did not know binds nobody, also where the seal knows it.',
     status='completed', counts=['provider'])(lambda: form_filler(approve_and_seal))
invalid('approved-two-answers', 'recipient.fields_conflict', lambda: form_filler(approve_both), 'Which of the two would be approved?')


# --- a person replaced ---

def withdrawn_by_the_former(policy):
    """Somebody else takes the place and signs; the former person withdraws the consent, knowing of none of it."""
    scene = Scene().sent({'tiePolicy': policy}).ready(CUSTOMER)
    on = scene.heads()
    replace(scene)
    scene.join(NEW_CUSTOMER, link=OTHER_LINK)
    scene.ready(NEW_CUSTOMER, skip=('join',))
    scene.signatures = [scene.sign(NEW_CUSTOMER)]
    scene.write(CUSTOMER, 'consent.withdrawn', {'recipient': 'customer', 'revision': scene.revision}, on=on)
    scene.signed(PROVIDER)
    scene.complete()
    return scene


def replace(scene, **how):
    return scene.write(OWNER, 'recipient.replaced', {
        'recipient': 'customer', 'invitation': {'x': OTHER_LINK.x}, 'level': 'link', 'detail': scene.detail({'name': 'Bob'})}, **how)


for policy in ('ownerWins', 'signatureWins'):
    sealed('withdrawn-by-the-former-' + policy, lambda policy=policy: withdrawn_by_the_former(policy), withdrawn_by_the_former.__doc__)


# --- a void that lost ---

def voided_by_the_revoked(policy, sealed_then=False):
    """An owner's device voids beside its revocation and beside the signatures, which know the revocation."""
    scene = Scene().prepared({'tiePolicy': policy})
    owner(scene, OWNER, 'owner.deviceAdded', SECOND)
    scene.send()
    on = scene.heads()
    unowned(scene, OWNER, SECOND)
    scene.signed()
    scene.void(SECOND, on=on)
    if sealed_then:
        scene.complete()
    return scene


open_('lost-void-is-no-fork', lambda: voided_by_the_revoked('signatureWins'), voided_by_the_revoked.__doc__, 'signedByAll', BOTH)
sealed('lost-void-is-no-fork-sealed', lambda: voided_by_the_revoked('signatureWins', True), voided_by_the_revoked.__doc__)
case('000-void-beside-revocation', 'contested', 'envelope.frozen', voided_by_the_revoked.__doc__ + ' It wins, and the owner may void too.',
     status='frozen', counts=[])(lambda: voided_by_the_revoked('ownerWins'))


# --- revocations and marks ---

def revoked_beside_signature(policy, then=lambda scene: None, others=(PROVIDER,)):
    """The owner revokes the customer's device beside its signature: the policy says what holds, as with a new link."""
    scene = Scene().sent({'tiePolicy': policy}).ready(CUSTOMER)
    on = scene.heads()
    scene.signatures = [scene.sign(CUSTOMER)]
    for party in others:
        scene.signed(party)
    revoke(scene, OWNER, CUSTOMER, on, on=on)
    then(scene)
    return scene


case('000-revoked-beside-signature-ownerWins', 'notSealed', 'envelope.not_sealed', revoked_beside_signature.__doc__, status='inProgress',
     counts=['provider'], marks={'customer': 'signature.overruled'})(lambda: revoked_beside_signature('ownerWins'))
case('000-revoked-beside-signature-ownerSettles', 'contested', 'envelope.contested', revoked_beside_signature.__doc__, status='contested',
     counts=['provider'], marks={'customer': 'signature.contested'})(lambda: revoked_beside_signature('ownerSettles'))
case('000-revoked-beside-signature-signatureWins', 'notSealed', 'envelope.not_sealed', revoked_beside_signature.__doc__, status='signedByAll',
     counts=BOTH)(lambda: revoked_beside_signature('signatureWins'))
sealed('revoked-beside-signature-sealed', lambda: revoked_beside_signature('ownerSettles', lambda s: s.complete(by=OWNER)),
       'Sealing settles it for the signature.')
case('000-revoked-beside-signature-settled', 'notSealed', 'envelope.not_sealed', 'A new link that knows both settles it.', status='sent',
     counts=[])(lambda: revoked_beside_signature('ownerSettles', lambda s: s.invite('customer', link=OTHER_LINK), ()))


def undeclined_by_own_device(knowing):
    """A second device of the customer revokes the one that declined: what is over does not begin again."""
    scene = Scene().sent().ready(CUSTOMER)
    scene.join(LAPTOP)
    before = scene.heads()
    scene.decline(CUSTOMER)
    revoke(scene, LAPTOP, CUSTOMER, before, on=None if knowing else before)
    return scene


for knowing in (True, False):
    case('000-undeclined-by-own-device-' + ('knowing' if knowing else 'beside'), 'ended', 'envelope.ended', undeclined_by_own_device.__doc__,
         status='declined', counts=[])(lambda knowing=knowing: undeclined_by_own_device(knowing))


def replaced_in_knowledge(then):
    """A signature is in an open race with a revision; the owner, who knows both, gives the place to somebody else."""
    scene = Scene().sent({'tiePolicy': 'ownerSettles'}, types=('signer', 'viewer')).ready(CUSTOMER)
    on, first = scene.heads(), (scene.revision, scene.inputs)
    scene.signatures = [scene.sign(CUSTOMER)]
    scene.publish(number=2, on=on)
    scene.revision, scene.inputs = first
    replace(scene)
    then(scene)
    return scene


invalid('sealed-with-the-signature-of-the-replaced', 'envelope.contested', lambda: replaced_in_knowledge(lambda s: s.complete(by=OWNER)),
        replaced_in_knowledge.__doc__, 'contested')


# --- what is shredded ---

def shredded(ref_of_scene):
    """Somebody named a blob that the contract needs as the detail of a comment, and the sender shreds that."""
    scene = Scene().sent().signed()
    ref = ref_of_scene(scene)
    scene.write(CUSTOMER, 'comment.added', {'recipient': 'customer', 'revision': scene.revision, 'detail': ref})
    scene.complete()
    scene.write(OWNER, 'content.shredded', {'details': [ref]})
    return scene


for name in ('fields', 'routing'):
    sealed('shredded-' + name, lambda name=name: shredded(lambda s: s.inputs[name]), shredded.__doc__, 'record.unknown')
sealed('shredded-template', lambda: shredded(lambda s: s.inputs['template']['compiled']), shredded.__doc__, 'record.unknown')


# --- attestations and services ---

def attested_by(key, then=lambda scene: None):
    """The sender named a key of his own as the attestor's."""
    scene = Scene().sent({'services/attestor': [key.x]})
    then(scene)
    scene.signed()
    scene.write(key, 'identity.attested', {'recipient': 'customer', 'device': CUSTOMER.kid, 'level': 'L3', 'method': 'eid'})
    return scene


invalid('attested-by-recovery', 'event.not_permitted', lambda: attested_by(RECOVERY), attested_by.__doc__, 'signedByAll', BOTH)
case('000-attested-by-former-owner', 'notSealed', 'event.not_permitted', 'Of who has no part any more it is noted.', status='signedByAll', counts=BOTH)(
    lambda: attested_by(OWNER, lambda s: owner(s, OWNER, 'owner.handedOver', SECOND)))


def named_a_service(then):
    """The sender names the customer's key as the mailer's, beside all that it does: no key proves to be a service's."""
    scene = Scene().sent()
    on = scene.heads()
    scene.ready(CUSTOMER)
    service(scene, CUSTOMER, on=on)
    then(scene)
    return scene


def sign_and_seal(scene):
    scene.signatures = [scene.sign(CUSTOMER)]
    scene.signed(PROVIDER)
    scene.complete()


sealed('signer-named-a-service', lambda: named_a_service(sign_and_seal), named_a_service.__doc__)
# --- what this version does not know, by somebody who is nobody any more ---

def unknown_by(make, then=lambda scene: scene.complete()):
    """Whoever was revoked or has handed over says nothing that a later version could count."""
    scene = Scene().sent()
    key = make(scene)
    scene.signed()
    scene.write(key, 'receipt.issued', {})
    then(scene)
    return scene


def by_revoked(scene):
    scene.join(LAPTOP)
    revoke(scene, OWNER, LAPTOP)
    return LAPTOP


def by_former_owner(scene):
    owner(scene, RECOVERY, 'owner.handedOver', SECOND)
    return OWNER


sealed('unknown-by-revoked', lambda: unknown_by(by_revoked), unknown_by.__doc__, 'event.reserved_type')
sealed('unknown-by-former-owner', lambda: unknown_by(by_former_owner), unknown_by.__doc__, 'event.reserved_type')
case('000-unknown-by-revoked-unsealed', 'notSealed', 'event.reserved_type', unknown_by.__doc__, status='signedByAll', counts=BOTH)(
    lambda: unknown_by(by_revoked, lambda scene: None))
case('000-unknown-by-mailer', 'valid', 'event.reserved_type', 'A mailer agrees to nothing, in no version.',
     status='completed', counts=BOTH)(lambda: unknown_by(lambda scene: MAILER))
