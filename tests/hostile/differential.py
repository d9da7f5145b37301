#!/usr/bin/env python3
"""Random envelopes under the hand of people who obey no rule, and random changes of a completed file, through both
verifiers: differential.py [COUNT [SEED [PROGRAM]]]. They have to agree on verdict, codes, status and which signatures
count, and no change without a key may be valid. A disagreement is written to build/disagreements and named with its
seed. The last line is "N passed, M failed"."""
import json
import pathlib
import random
import runpy
import sys
import tempfile

from kit import HERE  # first: it says where the others are
from canonical import decode, encode
from event import by_bytes
from scene import (ANSWERS, COMPLETER, CUSTOMER, LAPTOP, LINKS, MAILER, OWNER, PROVIDER, RECOVERY, SCHEDULER, STRANGER, TEXT,
                   Key, Party, Scene, join_lines)

ROOT = HERE.parent.parent
POLICIES = ('ownerWins', 'signatureWins', 'ownerSettles')
DEADLINE, AT_DEADLINE = '2025-11-22T09:00:00Z', 1763802000000
OTHER = 'A' * 43
SECOND, THIRD, TABLET = Party(8), Party(9), Party(14, 'customer')
PARTIES = (CUSTOMER, CUSTOMER, PROVIDER, PROVIDER, LAPTOP, TABLET)
FORM, ABOUT = {'recipient': 0, 'revision': 0, 'form': 'html'}, {'recipient': 0, 'revision': 0, 'unit': 'liability'}
RECORDS = (
    ('comment.added', 'P', ABOUT), ('comment.added', 'O', {**ABOUT, 'about': 0}), ('comment.added', 'P', {**ABOUT, 'about': 0}),
    ('change.proposed', 'P', ABOUT), ('change.resolved', 'O', {'about': 0, 'outcome': 'accepted'}),
    ('delegation.requested', 'P', {'recipient': 0, 'revision': 0}), ('copy.exported', 'P', FORM),
    ('identity.attested', MAILER, {'recipient': 0, 'device': 0, 'method': 'email', 'level': 'L2'}),
    ('reminder.sent', MAILER, {'recipient': 0, 'channel': 'email'}), ('schedule.set', 'O', {'hours': 48, 'channel': 'sms'}),
    ('automation.ran', SCHEDULER, {'rule': 'remind', 'outcome': 'done'}), ('envelope.exported', 'O', {'form': 'bundle'}),
    ('envelope.archived', SCHEDULER, {}), ('hold.placed', SCHEDULER, {}), ('hold.released', 'O', {'about': 0}),
    ('content.shredded', 'O', {'details': 0}), ('key.wrapped', 'O', {'device': 0, 'epoch': 0, 'wrapped': OTHER}))
ANYBODY = (OWNER, OWNER, SECOND, TABLET, COMPLETER, RECOVERY, SCHEDULER, MAILER, CUSTOMER, PROVIDER, LAPTOP)


def envelope(seed):
    pick = random.Random(seed)

    def chance(part):
        return pick.random() < part

    scene = Scene()
    scene.accepting = chance(.2)
    types = ('signer', pick.choice(('signer', 'signer', 'signer', 'viewer', 'approver', 'formFiller', 'witness')))
    scene.prepared({'services/attestor': [MAILER.x], 'services/records': [SCHEDULER.x], 'tiePolicy': pick.choice(POLICIES), 'acceptance': 'owner' if scene.accepting else 'auto',
                    'deadlinePolicy': pick.choice(('claim', 'receipt'))},
                   provider_order=pick.choice((1, 1, 2)), deadline=DEADLINE if chance(.3) else None,
                   types=types)
    if chance(.95 if 'approver' not in types else .6):
        scene.send()
    if chance(.4):
        scene.write(OWNER, 'owner.deviceAdded', scene.key(SECOND))
    revisions = [(scene.revision, scene.inputs)]
    joins, marks, links, asked, told = [], [], dict(LINKS), [], scene.heads()

    def on():
        """What the author knows: mostly everything, now and then a few events and their past."""
        if chance(.75):
            return None
        return pick.sample(sorted(scene.events), min(len(scene.events), pick.choice((1, 1, 2))))

    def act(step):
        known = on()
        party = pick.choice(PARTIES)
        owner = OWNER if chance(.85) else SECOND if chance(.7) else pick.choice(ANYBODY)
        if chance(.1) and len(revisions) > 1:
            scene.revision, scene.inputs = pick.choice(revisions)
        else:
            scene.revision, scene.inputs = revisions[-1]
        if step == 'ready':
            for name in ('join', 'access', 'consent', 'present', 'commit'):
                if chance(.97) and (name != 'commit' or party.recipient == 'customer'):
                    act_by(name, party, known)
                    known = None if known is None else known + [scene.last[party.kid]]
        elif step in ('join', 'access', 'consent', 'present', 'commit', 'decline'):
            act_by(step, party, known)
        elif step == 'sign':
            text = OTHER if chance(.05) else TEXT
            change = None if party is not LAPTOP else {'fields': scene.statement(CUSTOMER)['fields']}
            marks.append(scene.sign(party, on=known, text=text, statement=change))
        elif step == 'accept' and joins:
            scene.write(owner, 'recipient.accepted', {'recipient': party.recipient, 'join': pick.choice(joins)}, on=known)
        elif step == 'invite':
            links[party.recipient] = Key(pick.choice((21, 22, 23, 24)))
            scene.invite(party.recipient, pick.choice((1, 2)), link=links[party.recipient], by=owner, on=known)
        elif step == 'publish':
            number = len(revisions) + 1 if chance(.9) else pick.choice((1, 2, 3))
            scene.publish(number=number, by=owner, on=known, deadline=DEADLINE if chance(.3) else None)
            revisions.append((scene.revision, scene.inputs))
        elif step == 'send':
            scene.send(by=owner, on=known)
        elif step == 'void':
            scene.void(owner if chance(.7) else RECOVERY, on=known)
        elif step == 'expire':
            scene.write(pick.choice((OWNER, SCHEDULER)), 'envelope.expired', {'deadlineAt': DEADLINE}, on=known,
                        change={'at': AT_DEADLINE + pick.choice((-1, 0, 1))})
        elif step == 'complete':
            named = marks if chance(.6) else pick.sample(marks, min(len(marks), 2))
            if known is not None:
                reach = set().union(*(scene.past(e) | {e} for e in known))
                named = [mark for mark in named if mark in reach]
            scene.complete(sorted(set(named)), by=pick.choice((COMPLETER, COMPLETER, OWNER, RECOVERY, MAILER)), on=known)
        elif step == 'copy':
            scene.write(party, 'copy.delivered', {'recipient': party.recipient, 'revision': scene.revision, 'form': 'html'}, on=known)
        elif step == 'deliver':
            scene.write(pick.choice((OWNER, MAILER, CUSTOMER)), 'delivery.recorded',
                        {'recipient': party.recipient, 'channel': 'link', 'outcome': 'sent'}, on=known)
        elif step == 'withdraw':
            scene.write(party, 'consent.withdrawn', {'recipient': party.recipient, 'revision': scene.revision}, on=known)
        elif step == 'keys':
            keys(party, owner, known)
        elif step == 'people':
            people(party, owner, known)
        elif step == 'record':
            record(party, owner, known)
        elif step == 'reserved':
            scene.write(pick.choice(ANYBODY), pick.choice(('receipt.issued', 'delivery.dreamt')), {}, on=known)
        elif step == 'unknown member':
            scene.write(pick.choice(ANYBODY), 'envelope.voided', {'later': 1}, on=known)
        elif step == 'stranger':
            scene.write(STRANGER, 'delivery.recorded', {'recipient': 'customer', 'channel': 'link', 'outcome': 'sent'}, on=known)

    def record(party, owner, known):
        """A record of any type, mostly by somebody who may, mostly about something that is there."""
        type_, by, body = pick.choice(RECORDS)
        by = {'P': party, 'O': owner}.get(by, by) if chance(.9) else pick.choice(ANYBODY)
        body = {name: value() if callable(value) else value for name, value in body.items()}
        if 'about' in body:
            body['about'] = pick.choice(asked or [OTHER]) if chance(.9) else pick.choice(sorted(scene.events))
        if 'device' in body:
            body['device'] = pick.choice(PARTIES).kid
        if 'details' in body:
            body['details'] = [scene.inputs['values'] if chance(.8) else OTHER]
        for name, value in (('recipient', party.recipient), ('revision', scene.revision)):
            if name in body:
                body[name] = value
        if type_ == 'comment.added' and by is owner:
            del body['recipient']
        event = scene.write(by, type_, body, on=known)
        if type_ in ('comment.added', 'change.proposed', 'hold.placed'):
            asked.append(event)

    def keys(party, owner, known):
        """Devices and keys, added, taken away, handed over; a fork repaired."""
        by = pick.choice((owner, owner, RECOVERY, SECOND))
        anyone = pick.choice((SECOND, SECOND, OWNER, TABLET, party, SCHEDULER))
        step = pick.choice(('device', 'device', 'revoke', 'revoke', 'owner', 'owner', 'unowner', 'hand', 'merge', 'merge', 'service'))
        events = sorted(scene.events)
        if step == 'device':
            scene.write(party, 'device.added', scene.key(TABLET if chance(.8) else anyone, party.recipient), on=known)
        elif step == 'revoke':
            heads = sorted(set(pick.choice((scene.heads(), pick.sample(events, min(3, len(events)))))), key=by_bytes)[:32]
            scene.write(pick.choice((owner, party)), 'device.revoked', {
                'recipient': party.recipient, 'device': pick.choice(PARTIES + (TABLET,)).kid, 'heads': heads}, on=known)
        elif step in ('owner', 'hand'):
            scene.write(by, 'owner.deviceAdded' if step == 'owner' else 'owner.handedOver', scene.key(anyone), on=known)
        elif step == 'unowner':
            scene.write(by, 'owner.deviceRevoked', {'device': anyone.kid}, on=known)
        elif step == 'merge':
            own = [e for e in events if scene.author[e] in (OWNER.kid, SECOND.kid, RECOVERY.kid)]
            scene.write(by, 'owner.merged', {'kept': pick.choice(own[-4:] + [OTHER])}, on=known)
        else:
            scene.write(by, 'service.keyChanged', {
                'key': {'x': anyone.x}, 'role': pick.choice(('scheduler', 'completer')), 'change': pick.choice(('added', 'removed'))}, on=known)

    def people(party, owner, known):
        """Approvals, and who takes whose place."""
        type_ = pick.choice(('approval.requested', 'approval.granted', 'approval.refused', 'recipient.removed',
                             'recipient.replaced', 'access.granted', 'recipient.approved', 'recipient.approved'))
        recipient = party.recipient
        body = {'recipient': recipient, 'revision': scene.revision}
        if type_ == 'recipient.removed':
            del body['revision']
        elif type_ in ('recipient.replaced', 'access.granted'):
            link = Key(pick.choice((21, 23, 24)))
            body = {'recipient': recipient, 'invitation': {'x': link.x}, 'level': 'link'}
            if type_ == 'access.granted':
                recipient = pick.choice(('auditor', recipient))
                body.update(recipient=recipient, role='auditor', recipientType=pick.choice(('viewer', 'copy', 'signer')),
                            order=1, **{'from': scene.revision})
            else:
                links[recipient] = link
        by = party if type_ in ('approval.granted', 'approval.refused', 'recipient.approved') else owner
        event = scene.write(by, type_, body, on=known)
        if type_ == 'recipient.approved':
            marks.append(event)

    def chain_act(by, known):
        """An act of the owner's chain, of any kind."""
        kind = pick.choice(('publish', 'invite', 'service', 'key', 'void', 'unbind', 'unbind', 'unowner', 'accept', 'replace'))
        if kind == 'publish':
            return publish(by, known)
        if kind == 'invite':
            return scene.invite(pick.choice(('customer', 'provider')), pick.choice((1, 2)), link=Key(pick.choice((23, 24, 25))), by=by, on=known)
        if kind == 'key':
            return scene.write(by, 'owner.deviceAdded', scene.key(pick.choice((SECOND, THIRD, TABLET))), on=known)
        if kind == 'void':
            return scene.void(by, on=known)
        if kind == 'unbind':
            return unbind(by, known)
        if kind == 'unowner':
            return scene.write(by, 'owner.deviceRevoked', {'device': pick.choice((SECOND, THIRD)).kid}, on=known)
        if kind == 'accept' and joins:
            return scene.write(by, 'recipient.accepted', {'recipient': pick.choice(('customer', 'provider')), 'join': pick.choice(joins)}, on=known)
        if kind == 'replace':
            return scene.write(by, 'recipient.replaced', {
                'recipient': pick.choice(('customer', 'provider')), 'invitation': {'x': Key(26).x}, 'level': 'link'}, on=known)
        return scene.write(by, 'service.keyChanged', {
            'key': {'x': pick.choice((THIRD, STRANGER, TABLET)).x}, 'role': pick.choice(('mailer', 'completer')), 'change': 'added'}, on=known)

    def publish(by, known):
        """A revision: new, or one that was."""
        if chance(.3):
            scene.revision, scene.inputs = pick.choice(revisions)
            return scene.write(by, 'revision.published', {
                'inputs': scene.inputs, 'revision': scene.revision, 'number': len(revisions) + 1}, on=known)
        event = scene.publish(number=len(revisions) + 1, by=by, on=known, deadline=pick.choice((None, DEADLINE, '2026-01-01T00:00:00Z')))
        revisions.append((scene.revision, scene.inputs))
        return event

    def unbind(by, known):
        """A device is revoked at what stood at some time before."""
        reach = sorted(scene.events) if known is None else sorted(set().union(*(scene.past(e) | {e} for e in known)))
        heads = [scene.env] if chance(.4) else sorted(set(pick.sample(reach, min(len(reach), 2))), key=by_bytes)
        device = pick.choice((CUSTOMER, CUSTOMER, LAPTOP, PROVIDER, TABLET))
        return scene.write(by, 'device.revoked', {'recipient': device.recipient, 'device': device.kid, 'heads': heads}, on=known)

    def tangle():
        """Acts of the sender's side that do not know each other, and what is made of them."""
        known = scene.heads() if chance(.6) else [pick.choice(sorted(scene.events))]
        kind = pick.choice(('fork', 'fork', 'thief', 'unbind', 'seal', 'retold', 'retold', 'both'))
        if kind == 'fork':
            branches = [chain_act(by, known) for by in (OWNER, pick.choice((OWNER, SECOND, RECOVERY)))]
            if chance(.3):
                branches.append(chain_act(OWNER, [branches[0]]))
            if chance(.3):
                act(pick.choice(('sign', 'ready', 'copy', 'record')))
            for _ in range(pick.choice((0, 1, 1, 2))):
                if chance(.3):
                    branches.append(chain_act(OWNER, None if chance(.6) else [pick.choice(branches)]))
                some = None if chance(.6) else pick.sample(branches, 2)
                branches.append(scene.write(pick.choice((OWNER, SECOND, RECOVERY)), 'owner.merged', {
                    'kept': pick.choice(branches) if chance(.9) else pick.choice(sorted(scene.events))}, on=some))
        elif kind == 'thief':
            by, key = pick.choice(((SECOND, THIRD), (SECOND, TABLET), (OWNER, SECOND), (OWNER, THIRD)))
            if chance(.7):
                scene.write(RECOVERY if by is OWNER else OWNER, 'owner.deviceRevoked', {'device': by.kid}, on=known)
            else:
                scene.write(RECOVERY, 'owner.handedOver', scene.key(pick.choice((SECOND, THIRD))), on=known)
            added = scene.write(by, pick.choice(('owner.deviceAdded', 'owner.deviceAdded', 'owner.handedOver')), scene.key(key), on=known)
            if chance(.5):
                by, key = key, pick.choice((TABLET, THIRD, MAILER))
                added = scene.write(by, 'owner.deviceAdded', scene.key(key), on=[added])
            for _ in range(pick.choice((1, 2))):
                if chance(.5):
                    scene.write(pick.choice((OWNER, RECOVERY, key)), 'owner.merged', {'kept': pick.choice((added, scene.last[OWNER.kid]))})
                else:
                    chain_act(pick.choice((key, by, OWNER)), None)
        elif kind == 'unbind':
            unbind(pick.choice((OWNER, OWNER, SECOND, CUSTOMER, LAPTOP)), known if chance(.5) else None)
        elif kind == 'seal':
            for _ in range(pick.choice((1, 2))):
                named = pick.sample(marks, min(len(marks), pick.choice((1, 2, 2))))
                scene.complete(named, by=pick.choice((COMPLETER, OWNER, SECOND)), on=(named if chance(.6) else None) or None,
                               change=None if chance(.8) else {'text': OTHER})
        elif kind == 'retold':
            retold()
        else:
            scene.write(pick.choice((OWNER, SECOND)), 'owner.deviceAdded', scene.key(pick.choice((TABLET, LAPTOP))), on=known)
            scene.join(pick.choice((TABLET, LAPTOP)), on=known)

    def retold():
        """Other devices of the recipients sign, as if only what was sent were known, and perhaps that is sealed."""
        known = told if chance(.7) else scene.heads()
        revision = scene.revision, scene.inputs
        scene.revision, scene.inputs = revisions[0]
        if chance(.4):
            known = [publish(OWNER, known)]
        signed = []
        for party in (TABLET, Party(19, 'provider'))[:pick.choice((1, 2, 2))]:
            for name in ('join', 'access', 'consent', 'present', 'commit'):
                if name != 'commit' or party is TABLET:
                    act_by(name, party, known)
                    known = [scene.last[party.kid]]
            signed.append(scene.sign(party, on=known))
            known = [signed[-1]]
        if chance(.7):
            scene.complete(signed, by=pick.choice((COMPLETER, OWNER)), on=known)
        scene.revision, scene.inputs = revision

    def act_by(name, party, known):
        if name == 'join':
            joins.append(scene.join(party, link=links[party.recipient] if chance(.95) else Key(66), on=known))
        elif name == 'commit':
            values = dict(ANSWERS) if party.recipient == 'customer' else {'remark': 'x'}
            scene.commit(party, values, on=known)
        else:
            getattr(scene, name)(party, on=known)

    steps = ('ready ready ready sign sign sign sign complete complete join access consent present commit decline accept accept '
             'invite publish send void expire copy deliver record record record withdraw keys keys keys people people').split()
    # Mostly somebody honest came first, in parallel or one after the other.
    aside = scene.heads() if chance(.4) else None
    for party in (CUSTOMER, PROVIDER, LAPTOP)[:pick.choice((0, 1, 2, 2, 2, 3, 3))]:
        known = aside
        for name in ('join', 'access', 'consent', 'present', 'commit'):
            if name != 'commit' or party is CUSTOMER:
                act_by(name, party, known)
                if name == 'join' and scene.accepting:
                    scene.write(OWNER, 'recipient.accepted', {'recipient': party.recipient, 'join': joins[-1]})
                    known = aside and aside + [scene.last[OWNER.kid]]
                known = known if known is None else known + [scene.last[party.kid]]
        if party is not LAPTOP and chance(.7):
            marks.append(scene.sign(party, on=known))
    for _ in range(pick.choice((0, 0, 0, 1, 2, 3, 4, 5, 6))):
        step = pick.choice(steps)
        if step == 'decline' and chance(.5):
            continue
        act(step)
    for _ in range(pick.choice((0, 0, 1, 1, 2))):
        tangle()
    if chance(.3):
        scene.complete(marks, by=pick.choice((COMPLETER, OWNER)))
        for _ in range(pick.choice((0, 0, 1, 2))):
            tangle()
        if chance(.5):
            act(pick.choice(steps))
    if chance(.15):
        act(pick.choice(('reserved', 'unknown member', 'stranger')))
        act('complete')
    # And what somebody without a key does to the file.
    lines = scene.event_lines() + scene.blob_lines()
    if chance(.1):
        lines.pop(pick.randrange(len(lines)))
    if chance(.05):
        at = pick.randrange(len(scene.events) - 2)
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    if chance(.05):
        at = pick.randrange(len(lines))
        lines.insert(at, lines[at])
    if chance(.05):
        at = pick.randrange(len(lines))
        place = pick.randrange(6, len(lines[at]))
        lines[at] = lines[at][:place] + pick.choice((b'A', b'-', b'.', b'9')) + lines[at][place + 1:]
    return join_lines(lines)


GOOD = (HERE / 'base/good.bundle').read_bytes()
SIGNERS = {party.kid: party for party in (OWNER, COMPLETER, CUSTOMER, PROVIDER)}
LETTERS = b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= {}[]",:\\\r\t\0\x80\xff'


def nudge(pick, data):
    """One byte changed, dropped or put in."""
    data, at = bytearray(data), pick.randrange(len(data))
    how = pick.random()
    if how < .6:
        data[at] = pick.choice(LETTERS)
    elif how < .8:
        del data[at]
    else:
        data.insert(at, pick.choice(LETTERS))
    return bytes(data)


def mutation(seed):
    """(a changed completed envelope, whether a key was used)"""
    pick = random.Random(seed)
    lines = GOOD.split(b'\n')[1:-2]
    at = pick.randrange(len(lines))
    how = pick.choice(('file', 'line', 'payload', 'signed again'))
    if how == 'file':
        data = GOOD
        for _ in range(pick.choice((1, 1, 2, 5))):
            data = nudge(pick, data)
        return data, False
    if how == 'line':
        lines[at] = nudge(pick, lines[at])
        return join_lines(lines), False
    at = pick.randrange(17)
    header, payload, signature = lines[at][6:].split(b'.')
    changed = encode(nudge(pick, decode(payload.decode()))).encode()
    if how == 'signed again':
        party = SIGNERS[json.loads(decode(header.decode()))['kid']]
        signature = encode(party.sign(header + b'.' + changed)).encode()
    lines[at] = b'event ' + header + b'.' + changed + b'.' + signature
    return join_lines(lines), how == 'signed again'


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    start = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    runner = runpy.run_path(str(HERE / 'run'))
    native = runner['by_program'](sys.argv[3] if len(sys.argv) > 3 else str(ROOT / 'build/countersign'))
    passed = failed = 0
    statuses = {}
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / 'random.bundle'
        for number in range(start * 2, (start + count) * 2):
            seed, changes = divmod(number, 2)
            data, keyed = mutation(seed) if changes else (envelope(seed), True)
            file.write_bytes(data)
            reports = [verify(file) for verify in (native, runner['by_python'])]
            one, two = ({member: report.get(member) for member in ('verdict', 'exitCode', 'codes', 'status', 'counts')}
                        for report in reports)
            # Where nothing stands there is no status, and nobody who could count.
            if one['status'] is None:
                one['counts'] = two['counts'] = None
            key = (one['verdict'], one['status'])
            statuses[key] = statuses.get(key, 0) + 1
            forged = not keyed and data != GOOD and one['verdict'] == 'valid'
            if one == two and not forged:
                passed += 1
                continue
            failed += 1
            folder = ROOT / 'build/disagreements'
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f'{seed}.bundle').write_bytes(data)
            print(f'FAIL seed {seed}', 'mutation' if changes else 'envelope', 'is valid' if forged else '', {member: (one[member], two[member]) for member in one if one[member] != two[member]})
    print(', '.join(f'{v} {s}: {n}' for (v, s), n in sorted(statuses.items(), key=str)))
    print(f'{passed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
