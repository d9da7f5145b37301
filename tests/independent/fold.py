"""The rules of the fold, from core/FORMAT.md section 10.

Events that stand in the log have a place (a small integer, parents first). Sets of events are bit masks over places:
`past[p]` is the causal past of the event at p. A rule is only ever asked about such a set.
"""
import ed25519
from bodies import is_fields, is_routing, milliseconds, parents, refusal
from canonical import DOCUMENT_LIMITS, Refused, decode, encode, read, tagged, tagged_json
from event import by_bytes, thumbprint

OPEN = ('sent', 'inProgress', 'contested')
OVER = ('completed', 'declined', 'voided', 'expired')
CODE_OF_STATUS = {
    'draft': 'envelope.not_sent', 'signedByAll': 'envelope.signed_by_all', 'completed': 'envelope.already_completed',
    'declined': 'envelope.ended', 'voided': 'envelope.ended', 'expired': 'envelope.ended',
    'contested': 'envelope.contested', 'frozen': 'envelope.frozen', 'awaitingApproval': 'envelope.not_sent',
}
SIGNS, APPROVES = ('signer', 'witness', 'inPerson'), ('approver', 'formFiller')
CHAIN = ('revision.published recipient.invited recipient.accepted envelope.sent owner.deviceAdded owner.deviceRevoked '
         'owner.handedOver owner.merged service.keyChanged approval.requested recipient.removed recipient.replaced '
         'access.granted').split()
CHAIN_OF_OWNER = ('envelope.voided', 'envelope.expired', 'device.revoked')
INVITES = ('recipient.invited', 'access.granted', 'recipient.replaced')
MARKS = ('recipient.signed', 'recipient.declined', 'approval.granted', 'recipient.approved')
APPROVALS = ('approval.granted', 'recipient.approved')
JOINS = ('recipient.joined', 'device.added')
UNSENT = ('draft', 'awaitingApproval')
SERVICES = ('attestor', 'mailer', 'scheduler', 'registrar', 'completer', 'records')
FILLED_BY_SIGNING = ('sign', 'initial', 'signdate')


def closed(status):
    return CODE_OF_STATUS.get(status, 'envelope.wrong_status')


class Resolution:
    """What a set of events amounts to once its races are settled as far as the policy settles them."""

    def __init__(self):
        self.revision = None       # place of revision.published
        self.counted = {}          # recipient -> place of the mark
        self.displaced = {}        # place of a mark -> code
        self.races = []            # [kind, settled 'owner'|'signature'|'open', places]
        self.contested = set()     # recipients
        self.race_open = False
        self.fork = False
        self.end = None
        self.lost = []             # voids and expiries that lost their race
        self.decline = None
        self.completions = []
        self.sent = False
        self.status = 'draft'


class Log:
    def __init__(self, genesis, blobs):
        """`genesis` is verified; `blobs` maps references to bytes."""
        self.blobs = blobs
        self.events = []
        self.past = []
        self.depth = []
        self.codes = []
        self.place = {}
        self.structure = {}  # place of a revision -> (routing by recipient, fields)
        self.by_owner = {}  # place of a void, expiry or revocation of a device -> whether the owner wrote it
        self.by_bound = {}  # place of a revocation of a device -> whether a bound device of its recipient wrote it
        self.knew_fork = {}  # place of a void -> whether it was written against a fork
        self.gives_up = {}  # place of a merge -> places of the acts it gives up
        self.through = {}  # place of what gives a key -> place of what had made its author the owner
        self.invited_by = {}  # place of an act or join -> place of the invitation that binds its key
        self.terms = genesis.body
        self.owner = thumbprint(decode(self.terms['owner']['x']))
        self.recovery = thumbprint(decode(self.terms['recovery']['x'])) if 'recovery' in self.terms else None
        self.services = {role: [thumbprint(decode(x)) for x in keys] for role, keys in self.terms['services'].items()}
        self.readings = {}  # view -> (what is left of it, revocations of devices that take away)
        self.standing = {}  # view -> [(role, key, place)] of what makes keys the owner's or a service's and stands
        self.sealed = {}  # completion that is shown, what all have in their pasts -> what they sealed
        self._append(genesis, 0, None)

    def _append(self, event, past, code):
        place = len(self.events)
        self.events.append(event)
        self.past.append(past)
        self.depth.append(1 + max((self.depth[p] for p in range(place) if past >> p & 1), default=-1))
        self.codes.append(code)
        self.place[event.id] = place
        return place

    # --- asking about sets of events ---

    def past_of(self, events):
        past = 0
        for parent in events:
            place = self.place[parent]
            past |= self.past[place] | 1 << place
        return past

    def all(self):
        return (1 << len(self.events)) - 1

    def before(self, a, b):
        return self.past[b] >> a & 1 == 1

    def unordered(self, a, b):
        return a != b and not self.before(a, b) and not self.before(b, a)

    def later(self, place):
        return (self.depth[place], by_bytes(self.events[place].id))

    def reached(self, view, *types, recipient=None):
        """Places in effect of these types, about this recipient, whether or not something took them away."""
        return [p for p, event in enumerate(self.events)
                if view >> p & 1 and self.codes[p] is None and event.type in types
                and (recipient is None or event.body.get('recipient') == recipient)]

    def having(self, view, *types, recipient=None):
        """The same without what a revocation or merge in the set took away."""
        left, _ = self._reading(view)
        return [p for p in self.reached(view, *types, recipient=recipient) if left >> p & 1]

    def revocations(self, view, recipient=None):
        """Revocations of devices that no merge gives up: whether or not another one takes them away."""
        return [p for p in self._reading(view)[1] if recipient is None or self.body(p)['recipient'] == recipient]

    def _reading(self, view):
        if view not in self.readings:
            gone = self._given_up(view)
            revocations = [p for p in self.reached(view, 'device.revoked') if p not in gone]
            for revocation in revocations:
                gone |= self._revoked(view, revocation)
            self.readings[view] = view & ~sum(1 << p for p in gone), revocations
        return self.readings[view]

    def _given_up(self, view):
        """A merge that is given up gives up nothing; only a merge in whose past it is could do that."""
        gone = set()
        for merge in sorted(self.reached(view, 'owner.merged'), reverse=True):
            if merge not in gone:
                gone |= self.gives_up[merge]
        return gone

    def _revoked(self, view, revocation):
        """What the device wrote as this recipient's, but for what the revocation leaves (no one takes declines, the owner
        no marks)."""
        body = self.body(revocation)
        kept = self.past_of(body['heads'])
        if not self.by_bound[revocation]:
            kept |= self.past[revocation]
        return {p for p in self._of_device(view, body['device'], body['recipient'])
                if not kept >> p & 1 and not self._is_chain(p)
                and self.events[p].type not in (('recipient.declined',) if self.by_bound[revocation] else MARKS)}

    def _of_device(self, view, kid, recipient):
        return [p for p, event in enumerate(self.events) if view >> p & 1 and self.codes[p] is None
                and event.kid == kid and event.body.get('recipient') == recipient]

    def _is_chain(self, place):
        """Whether it is one of the acts of the owner's side that exclude each other where unordered."""
        return self.events[place].type in CHAIN or self.by_owner.get(place, False)

    def _chain(self, view, having):
        return [p for p in having(view, *CHAIN, *CHAIN_OF_OWNER) if self._is_chain(p)]

    def body(self, place):
        return self.events[place].body

    def text_of(self, mark):
        return self.body(mark)['statement']['documents'][0]['sha256']

    def current_invite(self, view, recipient):
        invite = max(self.having(view, *INVITES, recipient=recipient), key=self.later, default=None)
        removed = invite is not None and any(
            not self.before(p, invite) for p in self.having(view, 'recipient.removed', recipient=recipient))
        return None if removed else invite

    def terms_of(self, invite):
        """Role, type and order: a replacement has those of the invitation it replaces."""
        while self.events[invite].type == 'recipient.replaced':
            invite = self.invited_by[invite]
        return self.body(invite)

    def invited(self, view):
        ids = {self.body(p)['recipient'] for p in self.having(view, *INVITES)}
        return {r for r in ids if self.current_invite(view, r) is not None}

    def joined_as(self, place):
        return thumbprint(decode(self.body(place)['key']['x']))

    def holds(self, view, role, kid):
        """Whether something that stands makes the key the owner's ('owner') or a service's and nothing took that away
        since or beside it."""
        taken = self._removals(view, role, kid)
        return any(all(self.before(t, given) for t in taken)
                   for as_, whose, given in self._givings(view) if (as_, whose) == (role, kid))

    def _removals(self, view, role, kid):
        if role == 'owner':
            return [p for p in self.having(view, 'owner.deviceRevoked') if self.body(p)['device'] == kid] + [
                p for p in self.having(view, 'owner.handedOver') if self.joined_as(p) != kid]
        return [p for p in self.having(view, 'service.keyChanged') if self.joined_as(p) == kid
                and (self.body(p)['role'], self.body(p)['change']) == (role, 'removed')]

    def _givings(self, view):
        """[(role, key, place)]: what makes keys the owner's or a service's, while its author stood. One after the other,
        parents first: whatever made the author an owner is in the past of what he gives."""
        if view not in self.standing:
            stands = [('owner', self.owner, 0)] + [(r, k, 0) for r, keys in self.services.items() for k in keys]
            for p in sorted(self.having(view, 'owner.deviceAdded', 'owner.handedOver', 'service.keyChanged')):
                body, author = self.body(p), self.events[p].kid
                if body.get('change') != 'removed' and (author == self.recovery or self._stood(view, p, stands)):
                    stands.append((body.get('role', 'owner'), self.joined_as(p), p))
            self.standing[view] = stands
        return self.standing[view]

    def _stood(self, view, place, stands):
        """Whether what made its author the owner stands, and nothing took that away beside it (a hand-over removes its
        own author, and gives)."""
        author = self.events[place].kid
        return ('owner', author, self.through[place]) in stands and not any(
            self.unordered(t, place) for t in self._removals(view, 'owner', author))

    def binding(self, view, recipient, kid):
        """'bound', 'notAccepted', 'revoked' or None."""
        invite = self.current_invite(view, recipient)
        if invite is None:
            return None
        if any(self.joined_as(p) == kid and self.body(p)['recipient'] != recipient for p in self.having(view, *JOINS)):
            return None  # it joined for another one, too, without either join knowing of the other
        if any(self.joined_as(p) == kid for p in self.having(view, 'owner.deviceAdded', 'owner.handedOver')):
            return None  # it was made the owner's, likewise
        if any(self.body(p)['device'] == kid for p in self.revocations(view, recipient)):
            return 'revoked'
        best = None
        for join in self.having(view, *JOINS, recipient=recipient):
            if self.joined_as(join) != kid or self.invited_by[join] != invite:
                continue
            if self.events[join].type == 'device.added':
                return 'bound'
            accepts = self.having(view, 'recipient.accepted', recipient=recipient)
            if self.terms['acceptance'] == 'auto' or any(
                    self.body(a)['join'] == self.events[join].id for a in accepts):
                return 'bound'
            best = 'notAccepted'
        return best

    def keys(self):
        """Every key introduced so far, by thumbprint."""
        raw = [self.terms['owner']['x']]
        if 'recovery' in self.terms:
            raw.append(self.terms['recovery']['x'])
        for keys in self.terms['services'].values():
            raw += keys
        raw += [self.body(p)['key']['x'] for p in self.reached(
            self.all(), *JOINS, 'owner.deviceAdded', 'owner.handedOver', 'service.keyChanged')]
        return {thumbprint(decode(x)): decode(x) for x in raw}

    def introduced(self, view, kid):
        """Named by the genesis, joined, or added by somebody who could."""
        if kid in (self.owner, self.recovery) or any(kid in keys for keys in self.services.values()):
            return True
        if any(self.joined_as(p) == kid for p in self.having(
                view, *JOINS, 'owner.deviceAdded', 'owner.handedOver', 'service.keyChanged')):
            return True
        return any(self.body(p)['device'] == kid for p in self.having(view, 'owner.deviceRevoked'))

    def _is_owner_side(self, view, kid):
        """Whether it is, or was."""
        if kid == self.recovery or kid == self.owner or any(kid in keys for keys in self.services.values()):
            return True
        side = self.reached(view, 'owner.deviceAdded', 'owner.handedOver', 'service.keyChanged')
        if any(self.joined_as(p) == kid for p in side):
            return True
        return any(self.body(p)['device'] == kid for p in self.reached(view, 'owner.deviceRevoked'))

    def key_taken(self, view, kid, recipient=None):
        """Whether it is, or was, the owner side's or another recipient's."""
        return self._is_owner_side(view, kid) or any(
            self.joined_as(p) == kid and self.body(p)['recipient'] != recipient for p in self.reached(view, *JOINS))

    def only_reads(self, view, kid, routing):
        """Whether the key joined, and for recipients alone none of whom signs or approves."""
        of = {self.body(p)['recipient'] for p in self.reached(view, *JOINS) if self.joined_as(p) == kid}
        return bool(of) and not self._is_owner_side(view, kid) and not any(
            r in routing and routing[r]['recipientType'] in SIGNS + APPROVES for r in of)

    # --- races ---

    def resolve(self, view, sealing=False):
        """`sealing`: the owner seals, and so settles races that are still open for the signatures."""
        out = Resolution()
        out.completions = self.having(view, 'envelope.completed')
        out.sent = bool(self.having(view, 'envelope.sent') and self.having(view, 'revision.published'))
        marks = sorted(self.having(view, *MARKS))
        out.displaced.update((m, 'signature.revoked') for m in self.reached(view, *MARKS) if m not in marks)
        self._choose_revision(view, sealing, marks, out)
        self._race_invitations(view, sealing, marks, out)
        self._fill_slots(view, marks, out)
        self._compare_texts(out)
        knew_fork = self._race_ends(view, sealing, out)
        chain = [p for p in self._chain(view, self.having) if p not in out.lost]
        out.fork = any(self.unordered(a, b) for a in chain for b in chain)
        self._conclude(view, knew_fork, out)
        return out

    def seal(self, completions):
        """(the place of the completion to show, what all of them have in their pasts); None where there is none, or
        several that exclude each other."""
        named = {(b['revision'], b['text'], *b['signatures']) for b in map(self.body, completions)}
        if len(named) != 1:
            return None
        common = self.all()
        for completion in completions:
            common &= self.past[completion]
        return min(completions, key=self.later), common

    def what_was_sealed(self, seal):
        """The state in the completions' common past, which holds none; what counts is what they name."""
        if seal not in self.sealed:
            completion, common = seal
            state = self.resolve(common, sealing=True)
            named = self.body(completion)
            state.revision = max((p for p in self.reached(common, 'revision.published')
                                  if self.body(p)['revision'] == named['revision']), key=lambda p: by_bytes(self.events[p].id))
            places = [self.place[mark] for mark in named['signatures']]
            state.counted = {self.body(p)['recipient']: p for p in places}
            state.displaced = {p: code for p, code in state.displaced.items() if p not in places}
            self.sealed[seal] = state
        return self.sealed[seal]

    def _settled(self, sealing, knows_both=False):
        policy = self.terms['tiePolicy']
        if policy == 'ownerSettles':
            return 'owner' if knows_both else 'signature' if sealing else 'open'
        return {'ownerWins': 'owner', 'signatureWins': 'signature'}[policy]

    @staticmethod
    def _displace(out, mark, settled):
        """A mark that lost one race is overruled, whatever else it is in."""
        if settled != 'signature' and out.displaced.get(mark) != 'signature.overruled':
            out.displaced[mark] = 'signature.contested' if settled == 'open' else 'signature.overruled'

    def _choose_revision(self, view, sealing, marks, out):
        order = sorted(self.having(view, 'revision.published'),
                       key=lambda p: (self.body(p)['number'], by_bytes(self.events[p].id)))
        for revision in order:
            current = None if out.revision is None else self.body(out.revision)['revision']
            opposed = [m for m in marks if self.events[m].type not in APPROVALS
                       and self.body(m)['revision'] == current and self.unordered(m, revision)]
            if opposed:
                sides = [revision] + opposed
                # an open race ends with the next revision that knows both sides
                settled = self._settled(sealing, any(all(self.before(p, later) for p in sides) for later in order))
                out.races.append(['revision', settled, sides])
                if settled == 'signature':
                    continue  # as if the revision had not been
                for mark in opposed:
                    self._displace(out, mark, settled)
            out.revision = revision
        for mark in marks:
            if out.revision is None or self.body(mark)['revision'] != self.body(out.revision)['revision']:
                out.displaced.setdefault(mark, 'signature.superseded')
            elif any(not self.before(p, self.invited_by[mark])
                     for p in self.having(view, 'recipient.removed', recipient=self.body(mark)['recipient'])):
                out.displaced.setdefault(mark, 'signature.superseded')

    def _race_invitations(self, view, sealing, marks, out):
        for mark in [m for m in marks if m not in out.displaced]:
            recipient = self.body(mark)['recipient']
            invites = self.having(view, *INVITES, recipient=recipient)
            revoked = [p for p in self.revocations(view, recipient)
                       if self.body(p)['device'] == self.events[mark].kid and not self.by_bound[p]]
            for act in invites + revoked:
                if not self.unordered(act, mark):
                    continue
                known = any(self.before(act, p) and self.before(mark, p) for p in invites)
                settled = self._settled(sealing, known)
                out.races.append(['invitation', settled, [act, mark]])
                self._displace(out, mark, settled)

    def _fill_slots(self, view, marks, out):
        slots = {}
        for mark in marks:
            if any(self.before(mark, p) for p in self.having(view, *INVITES, recipient=self.body(mark)['recipient'])):
                out.displaced.setdefault(mark, 'signature.superseded')  # a link sent in its knowledge does without it
            if mark not in out.displaced:
                slots.setdefault(self.body(mark)['recipient'], []).append(mark)
        for recipient, slot in slots.items():
            if len(slot) == 1 and self.events[slot[0]].type == 'recipient.signed':
                # a withdrawn consent beside it excludes it like a second mark
                slot = slot + [p for p in self.having(view, 'consent.withdrawn', recipient=recipient)
                               if self.unordered(p, slot[0]) and self.invited_by[p] == self.invited_by[slot[0]]
                               and self.body(p)['revision'] == self.body(slot[0])['revision']]
            if len(slot) == 1:
                out.counted[recipient] = slot[0]
            else:
                out.races.append(['devices', 'open', slot])
                out.contested.add(recipient)
                out.displaced.update((mark, 'signature.contested') for mark in slot)

    def _signatures(self, out):
        return {r: m for r, m in out.counted.items() if self.events[m].type == 'recipient.signed'}

    def _compare_texts(self, out):
        signatures = self._signatures(out)
        if len({self.text_of(mark) for mark in signatures.values()}) > 1:
            out.races.append(['text', 'open', list(signatures.values())])
            for recipient, mark in signatures.items():
                out.contested.add(recipient)
                out.displaced[mark] = 'signature.contested'
                del out.counted[recipient]

    def _race_ends(self, view, sealing, out):
        """Whether a void that knew of a fork ends it."""
        standing, lost, races = [], [], []
        deadline = None if out.revision is None else self.body(out.revision)['inputs'].get('deadlineAt')
        for end in self.having(view, 'envelope.voided', 'envelope.expired'):
            if self.events[end].type == 'envelope.expired' and self.body(end)['deadlineAt'] != deadline:
                continue  # a revision that it did not know has another deadline: nothing has expired
            opposed = [m for m in self._signatures(out).values() if self.unordered(m, end)]
            settled = self._settled(sealing) if opposed else 'owner'
            if opposed:
                races.append([self.events[end].type, settled, [end] + opposed])
                if settled != 'signature':
                    lost += opposed
            if settled == 'owner':
                standing.append(end)
            if settled == 'signature':
                out.lost.append(end)
        # A void is shown before an expiry, the earlier before the later.
        out.end = min(standing, key=lambda p: (self.events[p].type != 'envelope.voided', self.later(p)), default=None)
        for race in races:
            if race[1] == 'open' and out.end is not None:
                race[1] = 'owner'
        out.races += races
        for mark in lost:
            self._displace(out, mark, 'open' if out.end is None else 'owner')
            out.counted.pop(self.body(mark)['recipient'], None)
        return any(self.knew_fork.get(p) for p in standing)

    def _conclude(self, view, knew_fork, out):
        seal = self.seal(out.completions)
        if seal is not None:  # what came beside or after it changes nothing
            sealed = self.what_was_sealed(seal)
            for member in ('sent', 'revision', 'counted', 'displaced', 'races', 'contested', 'race_open', 'end', 'decline'):
                setattr(out, member, getattr(sealed, member))
            out.status = 'completed'
            return
        if out.completions:
            out.races.append(['completion', 'open', out.completions])
        open_races = [race for race in out.races if race[1] == 'open']
        out.race_open = any(race[0] not in ('devices', 'text') for race in open_races)
        declines = [m for m in out.counted.values() if self.events[m].type == 'recipient.declined']
        out.decline = min(declines, key=self.later, default=None)
        due = {} if out.revision is None else self.structure[out.revision][0]
        signed = self._signatures(out)
        if out.completions or (out.fork and not knew_fork):
            out.status = 'frozen'
        elif out.end is not None:
            out.status = 'voided' if self.events[out.end].type == 'envelope.voided' else 'expired'
        elif out.decline is not None:
            out.status = 'declined'
        elif not out.sent:
            out.status = 'awaitingApproval' if self._lacks_approval(view, out) else 'draft'
        elif open_races:
            out.status = 'contested'
        elif signed and all(self.is_done(r, entry['recipientType'], out) for r, entry in due.items()):
            out.status = 'signedByAll'
        else:
            out.status = 'inProgress' if signed else 'sent'

    def is_done(self, recipient, type_, out):
        """Whether whoever signs has a signature that counts, whoever approves an approval; true for all others."""
        wanted = ('recipient.signed',) if type_ in SIGNS else APPROVALS if type_ in APPROVES else None
        return wanted is None or (recipient in out.counted and self.events[out.counted[recipient]].type in wanted)

    def _lacks_approval(self, view, out):
        if out.revision is None:
            return False
        asked = {self.body(p)['recipient'] for p in self.having(view, 'approval.requested')
                 if self.body(p)['revision'] == self.body(out.revision)['revision']}
        return any(r not in out.counted or self.events[out.counted[r]].type not in APPROVALS
                   for r in asked if self.current_invite(view, r) is not None)

    # --- standing in the log ---

    def stand(self, event):
        """Puts a verified event, whose parents and structural blobs are here, into the log; Refused where it must not
        stand."""
        if event.env != self.events[0].id:
            raise Refused('log.wrong_envelope')
        past = self.past_of(parents(event))
        if not self.introduced(past, event.kid):
            if event.type != 'recipient.joined':
                raise Refused('recipient.key_not_bound')
            code = refusal(event) or self.judge(event, past)
            if code:
                raise Refused(code)
        if len(parents(event)) > 128:
            raise Refused('log.too_many_parents')
        if event.prev is not None and self.events[self.place[event.prev]].kid != event.kid:
            raise Refused('log.prev_not_own')
        code = refusal(event)
        structure = None
        if code is None and event.type == 'revision.published':
            structure = self._structure(event.body['inputs'])
        if code is None:
            code = self.judge(event, past, structure)
        place = self._append(event, past, code)
        if code is None:
            if structure:
                self.structure[place] = structure
            if event.type in CHAIN_OF_OWNER:
                self.by_owner[place] = self.holds(past, 'owner', event.kid)
            if event.type == 'envelope.voided':
                self.knew_fork[place] = self.resolve(past).status == 'frozen'
            if event.type in ('owner.deviceAdded', 'owner.handedOver', 'service.keyChanged'):
                removals = self._removals(past, 'owner', event.kid)
                self.through[place] = max(
                    (given for role, key, given in self._givings(past) if (role, key) == ('owner', event.kid)
                     and all(self.before(t, given) for t in removals)), key=self.later, default=None)
            if event.type == 'device.revoked':
                self.by_bound[place] = self.binding(past, event.body['recipient'], event.kid) == 'bound'
            if event.type == 'owner.merged':
                kept = self.place[event.body['kept']]
                self.gives_up[place] = {p for p in self._chain(past, self.reached) if self.unordered(p, kept)}
            if 'recipient' in event.body and event.type not in ('recipient.invited', 'access.granted'):
                self.invited_by[place] = self.current_invite(past, event.body['recipient'])

    def _structure(self, inputs):
        try:
            routing = read(self.blobs[inputs['routing']], DOCUMENT_LIMITS)
            fields = read(self.blobs[inputs['fields']], DOCUMENT_LIMITS)
        except Refused:
            return None
        if not is_routing(routing) or not is_fields(fields):
            return None
        return {entry['id']: entry for entry in routing['recipients']}, fields['fields']

    # --- the law ---

    def judge(self, event, past, structure=None):
        """The code that refuses an event in its own past, or None."""
        now = self.resolve(past)
        body = event.body
        act = getattr(self, '_' + event.type.replace('.', '_'), None)
        if act is not None:
            return act(event, body, past, now, structure)
        recipient = body['recipient']
        if self.current_invite(past, recipient) is None:
            return 'recipient.unknown'
        if event.type == 'identity.attested':
            owners = {self.owner, self.recovery} | {
                self.joined_as(p) for p in self.reached(past, 'owner.deviceAdded', 'owner.handedOver')}
            if not self._is(event, past, 'attestor') or event.kid in owners:
                return 'event.not_permitted'
            code = self._not_bound(past, recipient, body['device'])
            return None if code == 'recipient.not_accepted' else code
        if event.type == 'reminder.sent':
            if not self._is(event, past, 'owner', 'mailer', 'scheduler'):
                return 'event.not_permitted'
            return None if now.status in OPEN else closed(now.status)
        if event.type == 'recipient.joined':
            return self._join(event, body, past)
        if event.type == 'delivery.recorded':
            return None if self._is(event, past, 'owner', 'mailer') else 'event.not_permitted'
        if self._not_bound(past, recipient, event.kid):
            return self._not_bound(past, recipient, event.kid)
        if event.type == 'device.added':
            return self._add_device(body, past)
        if event.type in ('approval.granted', 'approval.refused'):
            return self._answer(body, past, now)
        if event.type in ('copy.delivered', 'copy.exported'):
            return self._names_known(body, past) if now.sent else 'envelope.not_sent'
        if event.type in ('change.proposed', 'delegation.requested'):
            if now.status not in OPEN:
                return closed(now.status)
            if event.type == 'delegation.requested' and recipient in now.counted:
                return self._mark_code(now.counted[recipient])
            return self._names_current(body, now)
        if event.type == 'document.presented':
            if now.status not in OPEN + ('signedByAll', 'completed'):
                return closed(now.status)
            if recipient not in self.structure[now.revision][0]:
                return 'recipient.unknown'
            return self._names_current(body, now)
        return self._act_as_signer(event, body, past, now)

    def _is(self, event, past, *roles):
        return any(event.kid == self.recovery if role == 'recovery' else self.holds(past, role, event.kid)
                   for role in roles)

    def _not_bound(self, past, recipient, kid):
        binding = self.binding(past, recipient, kid)
        return {'bound': None, 'notAccepted': 'recipient.not_accepted', 'revoked': 'device.revoked',
                None: 'recipient.key_not_bound'}[binding]

    def _names_known(self, body, past):
        known = {self.body(p)['revision'] for p in self.having(past, 'revision.published')}
        return None if body['revision'] in known else 'envelope.stale_revision'

    def _names_current(self, body, now):
        return None if body['revision'] == self.body(now.revision)['revision'] else 'envelope.stale_revision'

    def _may_change(self, now):
        return None if now.status in UNSENT + OPEN else closed(now.status)

    def _envelope_created(self, event, body, past, now, _):
        return 'envelope.already_open'

    def _revision_published(self, event, body, past, now, structure):
        if not self._is(event, past, 'owner'):
            return 'envelope.not_owner'
        if self._may_change(now):
            return self._may_change(now)
        highest = max((self.body(p)['number'] for p in self.having(past, 'revision.published')), default=0)
        if body['number'] != highest + 1:
            return 'revision.wrong_number'
        if body['revision'] != tagged_json('countersign-revision/v1', body['inputs']):
            return 'revision.wrong_hash'
        if any(self.body(p)['revision'] == body['revision'] for p in self.having(past, 'revision.published')):
            return 'revision.repeated'
        if structure is None:
            return 'envelope.blob_malformed'
        routing, fields = structure
        if any('recipient' in field and field['recipient'] not in routing for field in fields):
            return 'envelope.blob_malformed'
        return self._check_routing(routing, past) if now.sent else None

    def _check_routing(self, routing, past):
        for recipient, entry in routing.items():
            invite = self.current_invite(past, recipient)
            if invite is None or any(self.terms_of(invite)[m] != entry[m] for m in ('role', 'recipientType', 'order')):
                return 'envelope.routing_differs'
        if not any(entry['recipientType'] in SIGNS for entry in routing.values()):
            return 'envelope.no_signer'
        return None

    def _mark_code(self, mark):
        return {'recipient.signed': 'recipient.already_signed', 'recipient.declined': 'recipient.declined'}.get(
            self.events[mark].type, 'approval.already_given')

    def _check_link(self, body, past):
        recipient = body['recipient']
        for other in self.having(past, *INVITES):
            if self.body(other)['recipient'] != recipient and self.body(other)['invitation'] == body['invitation']:
                return 'recipient.key_taken'
        invited = self.invited(past)
        return None if recipient in invited or len(invited) < 64 else 'envelope.too_many_recipients'

    def _recipient_invited(self, event, body, past, now, _):
        if not self._is(event, past, 'owner'):
            return 'envelope.not_owner'
        if self._may_change(now):
            return self._may_change(now)
        recipient = body['recipient']
        if self._check_link(body, past):
            return self._check_link(body, past)
        invite = self.current_invite(past, recipient)
        if invite is None:
            return None
        if recipient in now.counted:
            return self._mark_code(now.counted[recipient])
        same = all(self.terms_of(invite)[m] == body[m] for m in ('role', 'recipientType', 'order'))
        if not same and now.sent and recipient in self.structure[now.revision][0]:
            return 'recipient.differs'
        return None

    def _recipient_replaced(self, event, body, past, now, _):
        recipient = body['recipient']
        if self.current_invite(past, recipient) is None:
            return 'recipient.unknown'
        if not self._is(event, past, 'owner'):
            return 'envelope.not_owner'
        if self._may_change(now):
            return self._may_change(now)
        return self._mark_code(now.counted[recipient]) if recipient in now.counted else self._check_link(body, past)

    def _recipient_removed(self, event, body, past, now, _):
        if self.current_invite(past, body['recipient']) is None:
            return 'recipient.unknown'
        if not self._is(event, past, 'owner'):
            return 'envelope.not_owner'
        if self._may_change(now):
            return self._may_change(now)
        routed = now.sent and body['recipient'] in self.structure[now.revision][0]
        return 'recipient.still_routed' if routed else None

    def _access_granted(self, event, body, past, now, _):
        if not self._is(event, past, 'owner'):
            return 'envelope.not_owner'
        if now.status not in OPEN + OVER + ('signedByAll',):
            return closed(now.status)
        if self.having(past, *INVITES, recipient=body['recipient']):
            return 'recipient.already_invited'
        if body['recipientType'] not in ('viewer', 'copy'):
            return 'access.only_reading'
        return self._check_link(body, past) or self._names_known({'revision': body['from']}, past)

    # --- approvals before sending ---

    def _approval_requested(self, event, body, past, now, _):
        invite = self.current_invite(past, body['recipient'])
        if invite is None:
            return 'recipient.unknown'
        if not self._is(event, past, 'owner'):
            return 'envelope.not_owner'
        if now.status not in UNSENT:
            return closed(now.status)
        if now.revision is None:
            return 'envelope.no_revision'
        if self.terms_of(invite)['recipientType'] != 'approver':
            return 'recipient.not_an_approver'
        return self._names_current(body, now)

    def _answer(self, body, past, now):
        if now.status not in UNSENT:
            return closed(now.status)
        if now.revision is None:
            return 'envelope.no_revision'
        if self._names_current(body, now):
            return 'envelope.stale_revision'
        def said(*types):
            return [p for p in self.having(past, *types, recipient=body['recipient'])
                    if self.body(p)['revision'] == body['revision']]
        invite = self.current_invite(past, body['recipient'])
        if any(self.invited_by[p] == invite for p in said('approval.granted', 'approval.refused')):
            return 'approval.already_given'
        return None if said('approval.requested') else 'approval.not_requested'

    # --- keys ---

    def _proves(self, body):
        x = body['key']['x']
        content = {'env': self.events[0].id, 'x': x}
        if 'recipient' in body:
            content['recipient'] = body['recipient']
        key, challenge = decode(x), decode(tagged_json('countersign-device/v1', content))
        return ed25519.is_admissible(key) and ed25519.verify(key, challenge, decode(body['proof']))

    def _add_device(self, body, past):
        kid = thumbprint(decode(body['key']['x']))
        if any(self.joined_as(p) == kid for p in self.reached(past, *JOINS, recipient=body['recipient'])):
            return 'recipient.already_joined'
        if self.key_taken(past, kid, body['recipient']):
            return 'recipient.key_taken'
        return None if self._proves(body) else 'recipient.bad_proof'

    def _device_revoked(self, event, body, past, now, _):
        recipient = body['recipient']
        if self.current_invite(past, recipient) is None:
            return 'recipient.unknown'
        if not self._is(event, past, 'owner') and self._not_bound(past, recipient, event.kid):
            return self._not_bound(past, recipient, event.kid)
        if not any(self.joined_as(p) == body['device'] for p in self.reached(past, *JOINS, recipient=recipient)):
            return 'recipient.key_not_bound'
        if any(self.body(p)['device'] == body['device'] for p in self.revocations(past, recipient)):
            return 'device.revoked'
        known = {e.id for p, e in enumerate(self.events) if past >> p & 1}
        return None if set(body['heads']) <= known else 'device.unknown_head'

    def _owner_deviceAdded(self, event, body, past, now, _):
        if not self._is(event, past, 'owner', 'recovery'):
            return 'envelope.not_owner'
        kid = thumbprint(decode(body['key']['x']))
        own = event.type == 'owner.handedOver' and self.holds(past, 'owner', kid)
        if not own and self.key_taken(past, kid):
            return 'recipient.key_taken'
        return None if self._proves(body) else 'recipient.bad_proof'

    _owner_handedOver = _owner_deviceAdded

    def _owner_deviceRevoked(self, event, body, past, now, _):
        if not self._is(event, past, 'owner', 'recovery'):
            return 'envelope.not_owner'
        if not self.holds(past, 'owner', body['device']):
            return 'owner.unknown_key'
        return 'owner.own_key' if body['device'] == event.kid else None

    def _service_keyChanged(self, event, body, past, now, _):
        if not self._is(event, past, 'owner', 'recovery'):
            return 'envelope.not_owner'
        kid = thumbprint(decode(body['key']['x']))
        if body['change'] == 'added':
            return 'recipient.key_taken' if self.key_taken(past, kid) else None
        return None if self.holds(past, body['role'], kid) else 'owner.unknown_key'

    def _owner_merged(self, event, body, past, now, _):
        if not self._is(event, past, 'owner', 'recovery'):
            return 'envelope.not_owner'
        if now.status != 'frozen' or now.completions:
            return closed(now.status)
        chain = [p for p in self._chain(past, self.having) if p not in now.lost]
        kept = self.place.get(body['kept'])
        lost = [p for p in chain if kept in chain and self.unordered(p, kept)]
        if not lost:
            return 'owner.not_a_head'
        if any(self.events[p].type in ('envelope.voided', 'envelope.expired') for p in lost):
            return 'envelope.ended'
        signed = any(self.before(p, mark) for p in lost for mark in now.counted.values())
        return 'owner.branch_signed' if signed else None

    def _recipient_accepted(self, event, body, past, now, _):
        if not self._is(event, past, 'owner'):
            return 'envelope.not_owner'
        if now.status != 'signedByAll' and self._may_change(now):
            return self._may_change(now)
        invite = self.current_invite(past, body['recipient'])
        if invite is None:
            return 'recipient.unknown'
        for join in self.having(past, 'recipient.joined', recipient=body['recipient']):
            if self.events[join].id == body['join'] and self.invited_by[join] == invite:
                accepted = any(self.body(p)['join'] == body['join'] for p in self.having(past, 'recipient.accepted'))
                return 'recipient.already_accepted' if accepted else None
        return 'recipient.key_not_bound'

    def _envelope_sent(self, event, body, past, now, _):
        if not self._is(event, past, 'owner'):
            return 'envelope.not_owner'
        if now.status == 'awaitingApproval':
            return 'approval.missing'
        if now.status != 'draft':
            return 'envelope.wrong_status' if now.status in OPEN else closed(now.status)
        if now.revision is None:
            return 'envelope.no_revision'
        if self._names_current(body, now):
            return 'envelope.stale_revision'
        routing = self.structure[now.revision][0]
        code = self._check_routing(routing, past)
        if code is None and len(self.invited(past)) != len(routing):
            code = 'envelope.routing_differs'
        return code

    # --- records: they change neither status nor signatures ---

    def _comment_added(self, event, body, past, now, _):
        if 'recipient' in body:
            if self.current_invite(past, body['recipient']) is None:
                return 'recipient.unknown'
            if self._not_bound(past, body['recipient'], event.kid):
                return self._not_bound(past, body['recipient'], event.kid)
        elif not self._is(event, past, 'owner'):
            return 'envelope.not_owner'
        if now.status not in OPEN + UNSENT + ('signedByAll', 'completed'):
            return closed(now.status)
        if self._names_known(body, past):
            return self._names_known(body, past)
        answerable = {self.events[p].id for p in self.having(past, 'comment.added', 'change.proposed')}
        return None if body.get('about') in answerable | {None} else 'record.unknown'

    def _settled_records(self, past):
        return {self.body(p)['about'] for p in self.having(past, 'change.resolved', 'hold.released')}

    def _settle(self, body, past, asked):
        if body['about'] not in {self.events[p].id for p in self.having(past, asked)}:
            return 'record.unknown'
        return 'record.already_settled' if body['about'] in self._settled_records(past) else None

    def _change_resolved(self, event, body, past, now, _):
        if not self._is(event, past, 'owner'):
            return 'envelope.not_owner'
        if now.status != 'signedByAll' and self._may_change(now):
            return self._may_change(now)
        return self._settle(body, past, 'change.proposed')

    def _schedule_set(self, event, body, past, now, _):
        return self._may_change(now) if self._is(event, past, 'owner') else 'envelope.not_owner'

    def _key_wrapped(self, event, body, past, now, _):
        return None if self._is(event, past, 'owner') else 'envelope.not_owner'

    def _automation_ran(self, event, body, past, now, _):
        return None if self._is(event, past, 'owner', 'scheduler', 'records') else 'event.not_permitted'

    def _envelope_exported(self, event, body, past, now, _):
        return None if self._is(event, past, 'owner', 'records') else 'event.not_permitted'

    _hold_placed = _envelope_exported

    def _envelope_archived(self, event, body, past, now, _):
        if not self._is(event, past, 'owner', 'records'):
            return 'event.not_permitted'
        return None if now.status in OVER else closed(now.status)

    def _hold_released(self, event, body, past, now, _):
        if not self._is(event, past, 'owner', 'records'):
            return 'event.not_permitted'
        return self._settle(body, past, 'hold.placed')

    def _content_shredded(self, event, body, past, now, _):
        if self._envelope_archived(event, body, past, now, _):
            return self._envelope_archived(event, body, past, now, _)
        settled = self._settled_records(past)
        if any(self.events[p].id not in settled for p in self.having(past, 'hold.placed')):
            return 'hold.in_force'
        named = {self.body(p)['inputs']['values'] for p in self.having(past, 'revision.published')}
        named |= {e.body['detail'] for p, e in enumerate(self.events)
                  if past >> p & 1 and refusal(e) is None and 'detail' in e.body}
        named |= {ref for p, e in enumerate(self.events)
                  if past >> p & 1 and e.type == 'fields.committed' and refusal(e) is None for ref in e.body.get('files', [])}
        inputs = [self.body(p)['inputs'] for p in self.having(past, 'revision.published')]
        structural = {ref for i in inputs for ref in (i['template']['source'], i['template']['compiled'], i['consent']['text'],
                                                      i['fields'], i['routing'], *i['library'], *i['attachments'])}
        return None if set(body['details']) <= named - structural else 'record.unknown'

    def _envelope_voided(self, event, body, past, now, _):
        if not self._is(event, past, 'owner', 'recovery'):
            return 'envelope.not_owner'
        return None if now.status == 'frozen' and not now.completions else self._may_change(now)

    def _envelope_expired(self, event, body, past, now, _):
        if not self._is(event, past, 'owner', 'scheduler'):
            return 'event.not_permitted'
        unproven = (now.status == 'signedByAll' and self.terms['deadlinePolicy'] == 'receipt'
                    and self.terms['tiePolicy'] != 'signatureWins')
        if now.status not in OPEN and not unproven:
            return closed(now.status)
        deadline = self.body(now.revision)['inputs'].get('deadlineAt')
        if deadline is None or event.at < milliseconds(deadline) or body['deadlineAt'] != deadline:
            return 'envelope.deadline_not_reached'
        return None

    def _envelope_completed(self, event, body, past, now, _):
        if not self._is(event, past, 'owner', 'recovery', 'completer'):
            return 'event.not_permitted'
        if now.status == 'completed':
            return 'envelope.already_completed'
        sealable = now
        if now.status == 'contested' and self.terms['tiePolicy'] == 'ownerSettles' and self._is(event, past, 'owner'):
            sealable = self.resolve(past, sealing=True)
        if sealable.status != 'signedByAll':
            return 'envelope.wrong_status' if now.status in ('sent', 'inProgress') else closed(now.status)
        if body['revision'] != self.body(sealable.revision)['revision']:
            return 'envelope.stale_revision'
        signatures = list(self._signatures(sealable).values())
        if body['signatures'] != sorted((self.events[m].id for m in sealable.counted.values()), key=by_bytes):
            return 'completion.wrong_signatures'
        if body['text'] != self.text_of(signatures[0]):
            return 'completion.wrong_text'
        ids = sorted((self.events[p].id for p in range(len(self.events)) if past >> p & 1), key=by_bytes)
        digest = encode(tagged('countersign-past/v1', '\n'.join(ids).encode()))
        if body['count'] != len(ids) or body['past'] != digest:
            return 'completion.wrong_past'
        return None

    def _join(self, event, body, past):
        recipient, kid = body['recipient'], event.kid
        if kid != thumbprint(decode(body['key']['x'])):
            return 'event.not_permitted'
        if self.binding(past, recipient, kid) is not None:
            return 'recipient.already_joined'
        if self.key_taken(past, kid, recipient):
            return 'recipient.key_taken'
        invitation = decode(self.body(self.current_invite(past, recipient))['invitation']['x'])
        challenge = decode(tagged_json('countersign-join/v1', {
            'env': self.events[0].id, 'recipient': recipient, 'x': body['key']['x']}))
        proven = ed25519.is_admissible(invitation) and ed25519.verify(invitation, challenge, decode(body['proof']))
        return None if proven else 'recipient.bad_proof'

    def _act_as_signer(self, event, body, past, now):
        recipient = body['recipient']
        if not now.sent:
            return closed(now.status)
        if recipient in now.counted:
            return self._mark_code(now.counted[recipient])
        if now.status not in OPEN:
            return closed(now.status)
        routing, fields = self.structure[now.revision]
        type_ = routing.get(recipient, {}).get('recipientType')
        if event.type == 'recipient.approved':
            if type_ not in APPROVES:
                return 'recipient.not_an_approver'
        elif type_ not in SIGNS + {'recipient.declined': APPROVES, 'fields.committed': ('formFiller',)}.get(event.type, ()):
            return 'recipient.not_a_signer'
        if self._names_current(body, now):
            return 'envelope.stale_revision'
        inputs = self.body(now.revision)['inputs']
        if event.type == 'access.demonstrated':
            named = {'env': self.events[0].id, 'recipient': recipient, 'revision': body['revision']}
            digest = decode(tagged_json('countersign-access/v1', named))
            code = '%04d' % (int.from_bytes(digest[:4], 'big') % 10_000)
            return None if body['code'] == code else 'recipient.wrong_code'
        if event.type == 'consent.given':
            return None if body['consent'] == inputs['consent'] else 'recipient.consent_differs'
        if event.type == 'consent.withdrawn':
            return None
        if event.type == 'fields.committed':
            own = {f['id'] for f in fields
                   if f.get('recipient') == recipient and f['kind'] not in FILLED_BY_SIGNING}
            return None if set(body['fields']) <= own else 'recipient.field_not_own'
        if now.race_open or recipient in now.contested:
            return 'envelope.contested'
        if event.type == 'recipient.approved':
            return self._approve(body, past, now)
        return self._sign(event, body, past, now) if event.type == 'recipient.signed' else None

    def _out_of_turn(self, recipient, now):
        routing = self.structure[now.revision][0]
        return any(entry['order'] < routing[recipient]['order'] and not self.is_done(other, entry['recipientType'], now)
                   for other, entry in routing.items())

    def _approve(self, body, past, now):
        recipient = body['recipient']
        if self._out_of_turn(recipient, now):
            return 'recipient.out_of_turn'
        invite = self.current_invite(past, recipient)
        if not any(self.invited_by[p] == invite and self.body(p)['revision'] == body['revision']
                   for p in self.having(past, 'document.presented', recipient=recipient)):
            return 'recipient.not_presented'
        return self._fields(past, recipient, invite, body, now)[0]

    def _fields(self, past, recipient, invite, body, now):
        """(a code or None, own fields that are committed)"""
        own = [f for f in self.structure[now.revision][1] if f.get('recipient') == recipient]
        states = {f['id']: self.commits(past, recipient, invite, body['revision'], f['id']) for f in own}
        if any(f['required'] is True and f['kind'] not in FILLED_BY_SIGNING and states[f['id']][0] is None
               for f in own):
            return 'recipient.fields_incomplete', None
        conflict = any(conflict for _, conflict in states.values())
        return 'recipient.fields_conflict' if conflict else None, sorted(
            f for f, (newest, _) in states.items() if newest is not None)

    def commits(self, view, recipient, invite, revision, field):
        """(newest commit of a field, whether another one is unknown to it)."""
        found = [p for p in self.having(view, 'fields.committed', recipient=recipient)
                 if self.invited_by[p] == invite and self.body(p)['revision'] == revision
                 and field in self.body(p)['fields']]
        newest = max(found, key=self.later, default=None)
        return newest, any(p != newest and not self.before(p, newest) for p in found)

    def _consents(self, view, recipient, invite, revision):
        """Consents that no withdrawal took back."""
        given, withdrawn = ([p for p in self.having(view, type_, recipient=recipient)
                             if self.invited_by[p] == invite and self.body(p)['revision'] == revision]
                            for type_ in ('consent.given', 'consent.withdrawn'))
        return [p for p in given if all(self.before(w, p) for w in withdrawn)]

    def _sign(self, event, body, past, now):
        recipient, statement = body['recipient'], body['statement']
        inputs = self.body(now.revision)['inputs']
        if 'deadlineAt' in inputs and event.at > milliseconds(inputs['deadlineAt']):
            return 'envelope.deadline_passed'
        signatures = self._signatures(now)
        if self._out_of_turn(recipient, now):
            return 'recipient.out_of_turn'
        invite = self.current_invite(past, recipient)

        def evidence(type_):
            return [self.body(p) for p in self.having(past, type_, recipient=recipient)
                    if self.invited_by[p] == invite and self.body(p)['revision'] == body['revision']]

        if not evidence('access.demonstrated'):
            return 'recipient.access_not_demonstrated'
        if not self._consents(past, recipient, invite, body['revision']):
            return 'recipient.not_consented'
        if not evidence('document.presented'):
            return 'recipient.not_presented'
        code, committed = self._fields(past, recipient, invite, body, now)
        if code:
            return code
        if statement['revision'] != body['revision']:
            return 'statement.wrong_revision'
        if statement['consent'] != inputs['consent']:
            return 'statement.wrong_consent'
        if [f['id'] for f in statement['fields']] != committed:
            return 'statement.wrong_fields'
        bound = statement['documents'][0]['sha256']
        if not any(shown['text'] == bound and shown['rendering'] == statement['rendering']['text']
                   for shown in evidence('document.presented')):
            return 'statement.not_presented'
        if any(self.text_of(mark) != bound for mark in signatures.values()):
            return 'statement.text_differs'
        return None
