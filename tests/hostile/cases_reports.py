"""What the report for people must say, and must not: nothing here is a fault of the file."""
from kit import case  # first: it says where the others are
from scene import COMPLETER, CONSENT_TEXT, CUSTOMER, LAPTOP, LINKS, MAILER, OWNER, PROVIDER, STRANGER, TEMPLATE, Key, Party, Scene, join_lines
from cases_undone import service
from canonical import DOCUMENT_LIMITS, encode, read, tagged_json, write
from document import field_definitions

BOTH = ['customer', 'provider']
ATTESTOR, BOB = Party(50), Party(17, 'customer')
BOBS_LINK = Key(31)


def replaced(scene):
    scene.write(OWNER, 'recipient.replaced', {'recipient': 'customer', 'invitation': {'x': BOBS_LINK.x}, 'level': 'link',
                                              'detail': scene.detail({'name': 'Bob'})})


def by_the_new_one(scene, party):
    scene.join(party, link=BOBS_LINK)
    for act in (scene.access, scene.consent, scene.present, scene.commit):
        act(party)
    scene.signatures = [scene.sign(party)]
    scene.signed(PROVIDER)
    scene.complete()
    return scene


def attested(scene, by=ATTESTOR, device=CUSTOMER, **how):
    return scene.write(by, 'identity.attested', {'recipient': 'customer', 'device': device.kid, 'level': 'L3', 'method': 'eid'}, **how)


@case('000-told-replaced', 'valid', None, "What the person before did is not told as the new one's.", status='completed', counts=BOTH,
      says=['"Bob", Customer', '"Customer", by another link for the same place', '"Customer" (customer) took a copy',
            'unknown The signer took a copy of this revision', '"Bob" (customer) signed',
            'invited another person in the place of "Customer" (customer)'],
      unsaid=['"Bob" (customer) took a copy', 'yes The signer took a copy'])
def told_replaced():
    scene = Scene().sent().ready(CUSTOMER)
    scene.write(CUSTOMER, 'copy.delivered', {'recipient': 'customer', 'revision': scene.revision, 'form': 'html'})
    scene.write(MAILER, 'delivery.recorded', {'recipient': 'customer', 'channel': 'email', 'outcome': 'delivered'})
    scene.sign(CUSTOMER)
    scene.commitments = {}
    scene.publish(number=2)
    replaced(scene)
    return by_the_new_one(scene, BOB)


@case('000-told-attested-before-replaced', 'valid', None, 'The person before was attested, with the same key.', status='completed', counts=BOTH,
      says=['no A service that the sender named, by a key that never was the sender\'s, attested who holds the key', 'no Nobody else of this envelope used the signing key'],
      unsaid=['yes A service that the sender named', 'attested Key holder'])
def told_attested_before():
    scene = Scene().sent({'services/attestor': [ATTESTOR.x]})
    scene.join(CUSTOMER)
    attested(scene)
    replaced(scene)
    return by_the_new_one(scene, CUSTOMER)


def attested_by(create, by, before=None, after=False):
    scene = Scene().sent(create)
    if before:
        before(scene)
    scene.signed()
    if not after:
        attested(scene, by)
    scene.complete()
    if after:
        attested(scene, by)
    return scene


def handed_over(scene):
    scene.write(OWNER, 'owner.handedOver', scene.key(Party(8)))


for name, make, why in (
        ('former-sender', lambda: attested_by({'services/attestor': [OWNER.x]}, OWNER, handed_over), 'The attestor was the sender.'),
        ('recovery-key', lambda: attested_by({'services/attestor': [Party(3).x]}, Party(3)), "The attestor is the sender's recovery key."),
        ('after-the-seal', lambda: attested_by({'services/attestor': [ATTESTOR.x]}, ATTESTOR, after=True), 'What was sealed had no attestation.')):
    case('000-told-attested-by-' + name, 'valid', None, why, status='completed', counts=BOTH,
         says=['no A service that the sender named, by a key that never was the sender\'s, attested who holds the key'])(make)
case('000-told-attested', 'valid', None, 'A service attested the signer: its word, by a key that the sender chose.', status='completed', counts=BOTH,
     says=['attested Key holder level L3 by eid, event', 'the sender named its key, and what is attested is that service\'s word', 'yes A service that the sender named, by a key that never was the sender\'s, attested who holds the key'])(
    lambda: attested_by({'services/attestor': [ATTESTOR.x]}, ATTESTOR))


@case('000-told-new-link', 'valid', None, 'A new link for the same person and device.', status='completed', counts=BOTH,
      says=['yes Nobody else of this envelope used the signing key'])
def told_new_link():
    scene = Scene().sent()
    scene.join(CUSTOMER)
    scene.invite('customer', link=BOBS_LINK)
    return by_the_new_one(scene, CUSTOMER)


# --- a key is what it was in the past of its act ---

@case('000-told-key-joined-twice', 'valid', None, "The signer's key joined for a viewer too, beside everything.", status='completed', counts=BOTH,
      says=['"Customer" (customer) signed', 'no Nobody else of this envelope used the signing key'], unsaid=['"Auditor" (auditor) signed'])
def told_twin():
    LINKS['auditor'] = Key(28)
    scene = Scene()
    scene.create()
    scene.routing = [{'id': 'auditor', 'order': 3, 'recipientType': 'viewer', 'role': 'auditor'}, *Scene.routing]
    scene.invite('customer')
    scene.invite('provider', 2)
    invited = scene.invite('auditor', 3, 'viewer')
    scene.publish(fields=field_definitions(TEMPLATE, scene.routing))
    scene.send()
    scene.signed()
    scene.complete()
    twin = Party(11, 'auditor')
    twin.chain = encode(bytes([99]) * 16)
    scene.join(twin, on=[invited])
    return scene


@case('000-told-signer-named-as-mailer', 'valid', None, "The sender names the signer's key as a mailer's, beside everything.",
      status='completed', counts=BOTH, says=['"Customer" (customer) signed (claimed)', 'no Nobody else of this envelope used the signing key'],
      unsaid=['The mailer signed'])
def told_mailer():
    scene = Scene().sent()
    on = scene.heads()
    scene.signed()
    scene.complete()
    service(scene, CUSTOMER, on=on)
    return scene


# --- a recipient's field is filled by a commit ---

@case('000-told-proposal', 'valid', None, "The sender gave a value for the provider's field, who never answered.", status='completed', counts=BOTH,
      says=['Remark (proposed, not answered) Provider waives all fees'])
def told_proposal():
    scene = Scene().sent(values={'seats': 5, 'remark': 'Provider waives all fees'})
    scene.signed()
    scene.complete()
    return scene


# --- what rules of law may be said of ---

def law(name, says, make, why='', unsaid=None, verdict='valid', code=None, status='completed', counts=BOTH):
    case('000-told-' + name, verdict, code, why, status=status, counts=counts, says=says, unsaid=unsaid)(make)


def sealed(scene, *parties, **how):
    scene.signed(*(parties or (PROVIDER,)), **how)
    scene.complete()
    return scene


def given_again():
    scene = Scene().sent().ready(CUSTOMER)
    scene.write(CUSTOMER, 'consent.withdrawn', {'recipient': 'customer', 'revision': scene.revision})
    scene.consent(CUSTOMER)
    scene.signatures = [scene.sign(CUSTOMER)]
    return sealed(scene)


LAST_CONSENT = 'The consent that was given last before the signature was not withdrawn before or beside it'
law('consent-given-again', ['yes ' + LAST_CONSENT], given_again, 'Withdrawn, given again, signed.',
    unsaid=['No withdrawal of consent is in the log'])

CHECKED = 'Every signature and hash in the file was checked and fits'
law('all-checked', ['yes ' + CHECKED], lambda: Scene().completed())
law('one-unchecked', ['unknown ' + CHECKED], lambda: Scene().completed().attach(
    STRANGER, 'envelope.voided', {}, sign=lambda message: bytes(64)), 'An event of nobody, with a signature that nobody can check.',
    code='event.waits_for_key')
law('wrong-end', ['no ' + CHECKED], lambda: join_lines(
    Scene().completed().file().split(b'\n')[1:-2], end=b'end 17 11 ' + b'A' * 43 + b'\n'), 'The digest of the file is another.',
    verdict='incomplete', code='bundle.wrong_end')


def signed_twice():
    scene = Scene().sent().signed(CUSTOMER)
    scene.sign(CUSTOMER)
    return scene


law('rule-broken', ['yes ' + CHECKED], signed_twice, 'A rule is broken, and every byte is what was signed.', verdict='invalid',
    code='recipient.already_signed', status='inProgress', counts=['customer'])


def overruled():
    scene = Scene().sent().ready(CUSTOMER)
    on = scene.heads()
    scene.sign(CUSTOMER)
    scene.void(on=on)
    return scene


law('overruled', ['yes Nobody else of this envelope used the signing key', 'yes The signing key was bound by the secret of the link'],
    overruled, 'The signature lost a race; whose key it was is true all the same.', verdict='ended', code='envelope.ended', status='voided', counts=[])


def own_disclosure(slot):
    text = read(CONSENT_TEXT, DOCUMENT_LIMITS)
    text.update(id='own', slots=dict.fromkeys(text['slots'], slot))
    scene = Scene().sent(consent=write(text), change={'consent/id': 'own'}).signed()
    scene.complete()
    return scene


for name, slot, holds in (('blank', ' ', 'no'), ('invisible', '\u200b\u00a0\u2003', 'no'), ('said', 'x', 'yes')):
    law('disclosure-' + name, [holds + ' The disclosure names paper option'], lambda s=slot: own_disclosure(s))


def pressed(statement, detail=None):
    scene = Scene().sent().ready(CUSTOMER)
    scene.signatures = [scene.sign(CUSTOMER, statement=statement, detail=detail)]
    return sealed(scene)


law('pressed-cancel', ['what its label says is for the reader to judge: "Cancel, I do not agree"'],
    lambda: pressed({'intent': {'text': 'Cancel, I do not agree', 'gesture': 'tap'}}), 'The label stands beside the predicate.')
DRAWN = {'kind': 'drawn', 'strokes': []}
law('drawn-without-a-line', ['Signature is drawn, without a line'], lambda: pressed(
    {'mark': {'kind': 'drawn', 'sha256': tagged_json('countersign-mark/v1', DRAWN)}}, {'mark': DRAWN, 'name': 'Somebody'}))


def reached(units, of):
    scene = Scene().sent().ready(CUSTOMER, skip=('present', 'commit'))
    scene.present(CUSTOMER, change={'reached': {'units': units, 'of': of}})
    scene.commit(CUSTOMER)
    scene.signatures = [scene.sign(CUSTOMER)]
    return sealed(scene)


for name, units, of, holds in (('nothing', 0, 3, 'unknown'), ('more-than-all', 9, 3, 'unknown'), ('all', 3, 3, 'yes')):
    law('reached-' + name, ['%s The final text was presented before the separate act of signing (%d of %d parts reached' % (holds, units, of)],
        lambda u=units, o=of: reached(u, o))


# --- what must not be left out ---

def cloned():
    scene = Scene().sent()
    scene.join(CUSTOMER)
    on = scene.heads()
    scene.access(CUSTOMER, on=on)
    scene.seq[CUSTOMER.kid] = 1
    scene.present(CUSTOMER, on=on)
    for act in (scene.consent, scene.present, scene.commit):
        act(CUSTOMER)
    scene.signatures = [scene.sign(CUSTOMER)]
    scene.seq[CUSTOMER.kid] = 50
    scene.write(CUSTOMER, 'copy.delivered', {'recipient': 'customer', 'revision': scene.revision, 'form': 'html'})
    return sealed(scene)


law('cloned-device', ['Written twice number 1 of chain', 'Missing events numbers 6 to 49 of chain'], cloned)


def whole():
    """An attachment, an envelope it replaces, a host, an approval."""
    LINKS['approver'] = Key(33)
    scene = Scene()
    attached = scene.blob(b'%PDF-1.7 the price list')
    scene.create({'relatesTo': [{'env': 'B' * 42 + 'A', 'how': 'replaces'}]})
    scene.routing = [{'id': 'approver', 'order': 1, 'recipientType': 'approver', 'role': 'approver'},
                     *({**entry} for entry in Scene.routing)]
    scene.routing[2]['recipientType'] = 'inPerson'
    scene.invite('approver', 1, 'approver')
    scene.invite('customer', 1)
    scene.invite('provider', 2, 'inPerson', change={'host': 'customer'})
    scene.publish(change={'attachments': [attached]}, fields=field_definitions(TEMPLATE, scene.routing))
    scene.send()
    approver = Party(34, 'approver')
    scene.join(approver)
    scene.present(approver)
    scene.signatures = [scene.write(approver, 'recipient.approved', {'recipient': 'approver', 'revision': scene.revision})]
    scene.signed()
    scene.complete()
    return scene


law('whole', ['2 of 2 signatures and 1 of 1 approvals count', 'Attachment SHA-256', 'This replaces', 'Signs beside Customer', 'Approval counts',
              'Role approver: the text has no such role'], whole, whole.__doc__)


def handed():
    scene = Scene().sent()
    second = Party(8)
    scene.write(Party(3), 'owner.handedOver', scene.key(second))
    scene.signed()
    scene.complete(by=second)
    return scene


law('handed-over', ['Sender\'s key now (id) ' + Party(8).kid], handed)


def removed():
    scene = Scene().sent()
    scene.routing = [Scene.routing[0]]
    scene.publish(number=2)
    scene.write(OWNER, 'recipient.removed', {'recipient': 'provider'})
    return sealed(scene, CUSTOMER)


law('removed', ['signer, order 2; removed, and takes part no longer', 'Nobody was asked to sign as "Provider"', 'Nobody signs as Provider'], removed,
    counts=['customer'])
law('by-receipt', ['Deadline holds by receipts: none proves yet'], lambda: sealed(
    Scene().sent({'deadlinePolicy': 'receipt'}, deadline='2025-11-22T09:00:00Z'), CUSTOMER, PROVIDER))
law('only-views', ['1 of 1 signatures count', 'Nobody was asked to sign as "Provider"'],
    lambda: sealed(Scene().sent(types=('signer', 'viewer')), CUSTOMER), counts=['customer'])


def two_of_one_role():
    LINKS['customerb'] = Key(44)
    second = Party(43, 'customerb')
    scene = Scene()
    scene.create()
    scene.routing = [Scene.routing[0], {'id': 'customerb', 'order': 1, 'recipientType': 'signer', 'role': 'customer'}, Scene.routing[1]]
    scene.invite('customer')
    scene.invite('customerb', change={'role': 'customer'})
    scene.invite('provider', 2)
    scene.publish(fields=field_definitions(TEMPLATE, scene.routing))
    scene.send()
    scene.signed(CUSTOMER)
    scene.ready(second)
    scene.signatures.append(scene.sign(second))
    return sealed(scene)


law('two-of-one-role', ["Place in the text none: the role's places are somebody else's"], two_of_one_role, counts=['customer', 'customerb', 'provider'])


def said_to_be_proven():
    scene = Scene()
    scene.create()
    scene.invite('customer', change={'detail': scene.detail({'name': 'Ana, passport checked (attested) (proven)'})})
    scene.invite('provider', 2)
    scene.publish()
    scene.send()
    return sealed(scene, CUSTOMER, PROVIDER)


law('said-to-be-proven', ['claimed Name Ana, passport checked (attested) (proven) proven Takes part as',
                          '"Ana, passport checked (attested) (proven)" (customer) signed (claimed)'], said_to_be_proven)


def forked():
    scene = Scene().sent().signed(CUSTOMER)
    on = scene.heads()
    scene.publish(number=2)
    scene.invite('provider', 2, link=Key(60), on=on)
    return scene


law('frozen', ['there is no agreement until that is repaired or voided'], forked, unsaid=['nothing counts until that is repaired. Reasons'],
    verdict='contested', code='envelope.frozen', status='frozen', counts=None)


# --- what is not so is not said ---

@case('000-told-text-waits', 'notSealed', 'envelope.not_sealed', 'Nobody has answered what a clause depends on: no part is missing.', status='sent', counts=[],
      says=['The text is not settled: a value it depends on is not given, or cannot be evaluated.'], unsaid=['is not in the file.'])
def told_waits():
    return Scene().sent()


@case('000-told-no-text', 'notSealed', 'envelope.not_sealed', 'Nobody has published a text yet.', status='draft', counts=[],
      says=['No text has been published yet.'], unsaid=['is not in the file.'])
def told_no_text():
    scene = Scene()
    scene.create()
    return scene


@case('000-told-first-event-refused', 'invalid', 'crypto.bad_key', 'The first event is there, and refused.',
      says=['its first event is missing, or not what it claims to be'], unsaid=['first event is missing.'])
def told_first_refused():
    scene = Scene()
    scene.create({'services/mailer': ['A' * 43]})
    return scene


@case('000-told-first-event-later', 'needsNewerVersion', 'event.unknown_suite', "The first event is there, and a later version's.",
      says=['its first event is missing, or one that only a newer version of Countersign knows'], unsaid=['first event is missing.'])
def told_first_later():
    scene = Scene()
    scene.create({'suite': 'CSG-2'})
    return scene


@case('000-told-first-event-missing', 'incomplete', 'envelope.not_open', 'The first event is not there.', says=['its first event is missing.'])
def told_first_missing():
    scene = Scene().sent()
    return join_lines(scene.event_lines()[1:] + scene.blob_lines())


@case('000-told-order', 'valid', None, 'Two joined, and neither knew of the other: a list has to name one of them first.', status='completed', counts=BOTH,
      says=['of two of which neither author knew the other\'s, nothing says which was first'], unsaid=['The order of events is proven'])
def told_order():
    scene = Scene().sent()
    on = scene.heads()
    scene.join(LAPTOP, on=on)
    scene.signed()
    scene.complete()
    return scene


@case('000-told-ended-without-the-seal', 'ended', 'envelope.ended', 'Whoever holds the seal has another verdict.', status='voided', counts=[],
      says=['a seal where none is here, or one that differs, would change the verdict', 'The sender made every link.'])
def told_ended():
    scene = Scene().sent()
    on = scene.heads()
    scene.signed()
    scene.complete()
    seal = scene.last[COMPLETER.kid]
    scene.void(on=on)
    del scene.events[seal], scene.parents[seal]
    return scene
