"""What the report for people must say, and must not: nothing here is a fault of the file."""
from kit import case  # first: it says where the others are
from scene import CUSTOMER, LINKS, MAILER, OWNER, PROVIDER, TEMPLATE, Key, Party, Scene
from cases_undone import service
from canonical import encode
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
      says=['Bob, Customer', 'Customer, by another link for the same place', 'Customer (customer) took a copy',
            'unknown The signer took a copy of this revision', 'Bob (customer) signed',
            'invited another person in the place of Customer (customer)'],
      unsaid=['Bob (customer) took a copy', 'yes The signer took a copy'])
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
      says=['no Somebody other than the sender attested who holds the key', 'no Nobody else of this envelope used the signing key'],
      unsaid=['yes Somebody other than the sender attested'])
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
         says=['no Somebody other than the sender attested who holds the key'])(make)
case('000-told-attested', 'valid', None, 'A service attested the signer.', status='completed', counts=BOTH,
     says=['yes Somebody other than the sender attested who holds the key'])(
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
      says=['Customer (customer) signed', 'no Nobody else of this envelope used the signing key'], unsaid=['Auditor (auditor) signed'])
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
      status='completed', counts=BOTH, says=['Customer (customer) signed (claimed)', 'no Nobody else of this envelope used the signing key'],
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
