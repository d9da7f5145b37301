"""Records: comments, proposals, holds, shredding and what services note down."""
from kit import OVER, case
from scene import COMPLETER, CUSTOMER, LAPTOP, MAILER, OWNER, PROVIDER, RECOVERY, SCHEDULER, Party, Scene

OTHER = 'A' * 43
ATTESTOR, RECORDS = Party(6), Party(7)
SERVICES = {'services/attestor': [ATTESTOR.x], 'services/records': [RECORDS.x]}
BOTH = ['customer', 'provider']


def invalid(name, code, make, why='', status='sent', counts=()):
    case('000-' + name, 'invalid', code, why, status=status, counts=list(counts))(make)


def noted(name, code, make, why='', status='sent', counts=()):
    """The same by somebody without a part, or beside what ended: it says nothing."""
    case('000-' + name, OVER.get(status, 'notSealed'), code, why, status=status, counts=list(counts))(make)


def note(scene, party, type_, **body):
    """A record as its party would write it."""
    return scene.write(party, type_, {name: value for name, value in body.items() if value is not None})


def joined():
    scene = Scene().sent(dict(SERVICES))
    scene.join(CUSTOMER)
    return scene


def on_joined(party, type_, **body):
    scene = joined()
    note(scene, party, type_, **{'revision': scene.revision, **body})
    return scene


def completed():
    scene = Scene().sent(dict(SERVICES)).signed()
    scene.complete()
    return scene


def on_completed(party, type_, **body):
    scene = completed()
    note(scene, party, type_, **body)
    return scene


# --- comments and proposals ---

def negotiated():
    """People talk, the terms change, both sign what was agreed."""
    scene = joined()
    proposal = note(scene, CUSTOMER, 'change.proposed', recipient='customer', revision=scene.revision, unit='liability',
                    variant='capped', detail=scene.detail({'text': 'Cap it.', 'why': 'our policy'}))
    note(scene, OWNER, 'comment.added', revision=scene.revision, about=proposal, detail=scene.detail({'text': 'Fine.'}))
    note(scene, OWNER, 'change.resolved', about=proposal, outcome='accepted', detail=scene.detail({'why': 'usual'}))
    scene.publish(number=2)
    scene.ready(CUSTOMER, skip=('join',))
    scene.signatures = [scene.sign(CUSTOMER)]
    scene.signed(PROVIDER)
    scene.complete()
    return scene


case('000-negotiated', 'valid', None, negotiated.__doc__, status='completed', counts=BOTH)(negotiated)
invalid('comment-by-stranger-to-the-id', 'recipient.key_not_bound',
        lambda: on_joined(CUSTOMER, 'comment.added', recipient='provider'), 'A device comments in somebody else\'s name.')
invalid('comment-as-owner', 'envelope.not_owner', lambda: on_joined(CUSTOMER, 'comment.added'),
        'Without a recipient it is the sender\'s.')
invalid('comment-on-unknown-revision', 'envelope.stale_revision',
        lambda: on_joined(CUSTOMER, 'comment.added', recipient='customer', revision=OTHER))
invalid('comment-answers-nothing', 'record.unknown',
        lambda: on_joined(CUSTOMER, 'comment.added', recipient='customer', about=OTHER))
invalid('proposal-by-owner', 'recipient.key_not_bound',
        lambda: on_joined(OWNER, 'change.proposed', recipient='customer', unit='liability'))
invalid('proposal-on-old-revision', 'envelope.stale_revision',
        lambda: on_joined(CUSTOMER, 'change.proposed', recipient='customer', unit='liability', revision=OTHER))
invalid('resolves-nothing', 'record.unknown',
        lambda: on_joined(OWNER, 'change.resolved', revision=None, about=OTHER, outcome='accepted'))


def resolved_twice(first=OWNER, second=OWNER):
    scene = joined()
    proposal = note(scene, CUSTOMER, 'change.proposed', recipient='customer', revision=scene.revision, unit='liability')
    note(scene, first, 'change.resolved', about=proposal, outcome='rejected')
    note(scene, second, 'change.resolved', about=proposal, outcome='accepted')
    return scene


invalid('resolved-twice', 'record.already_settled', resolved_twice)
invalid('resolved-by-customer', 'envelope.not_owner', lambda: resolved_twice(first=CUSTOMER))


def proposed_after_signing_by_all():
    scene = Scene().sent().signed()
    note(scene, CUSTOMER, 'change.proposed', recipient='customer', revision=scene.revision, unit='liability')
    return scene


invalid('proposal-after-all-signed', 'envelope.signed_by_all', proposed_after_signing_by_all, status='signedByAll', counts=BOTH)


# --- consent withdrawn ---

def withdraw(scene, party=CUSTOMER, **how):
    return scene.write(party, 'consent.withdrawn', {'recipient': party.recipient, 'revision': scene.revision}, **how)


def consented_again():
    scene = Scene().sent().ready(CUSTOMER)
    withdraw(scene)
    scene.consent(CUSTOMER)
    scene.signatures = [scene.sign(CUSTOMER)]
    scene.signed(PROVIDER)
    scene.complete()
    return scene


def withdrawn_beside():
    """One device signs while another one withdraws the consent, and neither knew."""
    scene = Scene().sent().ready(CUSTOMER)
    scene.join(LAPTOP)
    before = scene.heads()
    scene.sign(CUSTOMER, on=before)
    withdraw(scene, LAPTOP, on=before)
    return scene


def withdrawn_after():
    scene = Scene().sent().signed(CUSTOMER)
    withdraw(scene)
    return scene


case('076-consented-again', 'valid', None, 'Whoever withdrew can consent again.', status='completed', counts=BOTH)(consented_again)
case('076-withdrawn-beside-signature', 'contested', 'envelope.contested', withdrawn_beside.__doc__, status='contested',
     counts=[])(withdrawn_beside)
case('076-withdrawn-after-signing', 'invalid', 'recipient.already_signed', 'A signature is not taken back by it.',
     status='inProgress', counts=['customer'])(withdrawn_after)


# --- services ---

invalid('attested-by-owner', 'event.not_permitted', lambda: on_joined(
    OWNER, 'identity.attested', revision=None, recipient='customer', device=CUSTOMER.kid, method='email', level='L2'))
noted('attested-other-device', 'recipient.key_not_bound', lambda: on_joined(
    ATTESTOR, 'identity.attested', revision=None, recipient='customer', device=PROVIDER.kid, method='email', level='L2'))
invalid('reminder-by-completer', 'event.not_permitted', lambda: on_joined(
    COMPLETER, 'reminder.sent', revision=None, recipient='customer', channel='email'))
noted('reminder-to-nobody', 'recipient.unknown', lambda: on_joined(
    MAILER, 'reminder.sent', revision=None, recipient='nobody', channel='email'))
noted('schedule-by-scheduler', 'envelope.not_owner', lambda: on_joined(
    SCHEDULER, 'schedule.set', revision=None, hours=48, channel='email'))
invalid('automation-by-customer', 'event.not_permitted', lambda: on_joined(
    CUSTOMER, 'automation.ran', revision=None, rule='remind', outcome='done'))
invalid('key-wrapped-by-recovery', 'envelope.not_owner', lambda: on_joined(
    RECOVERY, 'key.wrapped', revision=None, device=CUSTOMER.kid, epoch=0, wrapped=OTHER))
noted('archived-before-the-end', 'envelope.wrong_status', lambda: on_joined(RECORDS, 'envelope.archived', revision=None))
case('000-reminder-after-the-end', 'valid', 'envelope.already_completed', status='completed', counts=BOTH)(
    lambda: on_completed(MAILER, 'reminder.sent', recipient='customer', channel='email'))


def kept():
    """Everything that services note, in an envelope that is then kept."""
    scene = joined()
    scene.write(ATTESTOR, 'identity.attested', {'recipient': 'customer', 'device': CUSTOMER.kid, 'method': 'email', 'level': 'L2',
                                                'detail': scene.detail({'address': 'ana@example.com'})})
    note(scene, OWNER, 'schedule.set', hours=48, channel='email')
    note(scene, SCHEDULER, 'reminder.sent', recipient='customer', channel='email')
    note(scene, SCHEDULER, 'automation.ran', rule='remind', outcome='done')
    note(scene, OWNER, 'key.wrapped', device=CUSTOMER.kid, epoch=0, wrapped=OTHER)
    scene.ready(CUSTOMER, skip=('join',))
    scene.signatures = [scene.sign(CUSTOMER)]
    scene.signed(PROVIDER)
    scene.complete()
    note(scene, CUSTOMER, 'copy.exported', recipient='customer', revision=scene.revision, form='html')
    note(scene, RECORDS, 'envelope.exported', form='bundle')
    note(scene, RECORDS, 'envelope.archived', retainUntil='2032-11-22T00:00:00Z')
    return scene


case('000-noted-by-services', 'valid', None, kept.__doc__, status='completed', counts=BOTH)(kept)


# --- holds and shredding ---

def shredded(hold=None, what=None, by=RECORDS):
    """The customer's answers are shredded after completion: the log verifies, the content is withheld."""
    scene = completed()
    if hold:
        held = note(scene, RECORDS, 'hold.placed', detail=scene.detail({'reason': 'dispute'}))
        if hold == 'released':
            note(scene, OWNER, 'hold.released', about=held)
    detail = next(ref for ref, data in scene.blobs.items() if b'"values":{"contact"' in data)
    note(scene, by, 'content.shredded', details=[what or detail], detail=scene.detail({'reason': 'asked to be forgotten'}))
    if what is None and hold != 'placed' and by is RECORDS:
        del scene.blobs[detail]
    return scene


case('118-shredded', 'valid', None, shredded.__doc__, status='completed', counts=BOTH)(shredded)


@case('118-shredded-values', 'valid', 'document.not_rendered', "The sender's values are shredded: the text is not made again, by whoever may say so.",
      status='completed', counts=BOTH)
def shredded_values():
    scene = completed()
    values = scene.inputs['values']
    note(scene, RECORDS, 'content.shredded', details=[values], detail=scene.detail({'reason': 'asked to be forgotten'}))
    del scene.blobs[values]
    return scene


case('119-shredded-after-hold', 'valid', None, 'The hold was released.', status='completed', counts=BOTH)(lambda: shredded('released'))
case('119-shredded-under-hold', 'valid', 'hold.in_force', 'A hold forbids it.', status='completed', counts=BOTH)(
    lambda: shredded('placed'))
case('000-shredded-what-nobody-named', 'valid', 'record.unknown', status='completed', counts=BOTH)(lambda: shredded(what=OTHER))
case('000-shredded-by-customer', 'valid', 'event.not_permitted', status='completed', counts=BOTH)(lambda: shredded(by=CUSTOMER))
noted('shredded-before-the-end', 'envelope.wrong_status', lambda: on_joined(RECORDS, 'content.shredded', revision=None, details=[OTHER]))
noted('released-what-is-no-hold', 'record.unknown', lambda: on_joined(RECORDS, 'hold.released', revision=None, about=OTHER))
