"""The file: core/FORMAT.md section 11. Reads on after a damaged line; decides nothing about the contract."""
import heapq

from bodies import parents
from canonical import Refused, decode, encode, ref_of, sha256
from event import Event, by_bytes, fixed

HEADER = b'countersign-bundle/v1\n'
MAX_BYTES, MAX_EVENTS, MAX_BLOBS = 64 << 20, 20_000, 60_000
LATER = ('event.unknown_version', 'event.unknown_type', 'event.reserved_type', 'event.unknown_suite')
OPENS = b'<script type="application/vnd.countersign.bundle" id="countersign-bundle">'
CLOSES = b'</script>'


class Bundle:
    def __init__(self):
        self.events = []    # Event, in the order of the file
        self.lines = []     # of each event
        self.unread = []    # (code, line's bytes) of events that could not be read
        self.blobs = {}     # reference -> bytes
        self.faults = []    # codes
        self.ending = None  # 'whole' 'wrong', None where there is none


def inside_copy(file):
    """The bundle that a self-contained HTML copy holds exactly once."""
    start = file.find(OPENS)
    end = file.find(CLOSES, start + len(OPENS))
    if start < 0 or end < 0 or file.find(OPENS, start + 1) >= 0:
        raise Refused('bundle.bad_header')
    try:
        return decode(file[start + len(OPENS):end].decode('latin-1'))
    except Refused:
        raise Refused('bundle.bad_header') from None


def read(file):
    if len(file) > MAX_BYTES * (1 if file.startswith(HEADER) else 2):
        raise Refused('bundle.too_large')
    if not file.startswith(HEADER):
        file = inside_copy(file)
        if not file.startswith(HEADER):
            raise Refused('bundle.bad_header')
        if len(file) > MAX_BYTES:
            raise Refused('bundle.too_large')
    bundle = Bundle()
    events = blobs = 0
    last = None
    at = len(HEADER)
    while at < len(file):
        if bundle.ending is not None:
            bundle.faults.append('bundle.trailing')
            break
        end = file.find(b'\n', at)
        if end < 0:  # cut in the middle of a line
            if file.startswith(b'end ', at):
                bundle.ending = 'wrong'
            break
        line = file[at:end]
        if line.startswith(b'event '):
            events += 1
            if events > MAX_EVENTS:
                raise Refused('bundle.too_large')
            if blobs:
                bundle.faults.append('bundle.out_of_order')
            try:
                event = Event(line[6:])
            except Refused as refused:
                if refused.code in LATER:
                    _check_later(bundle, line[6:])
                bundle.unread.append((refused.code, line[6:]))
            else:
                if any(code in LATER for code, _ in bundle.unread):
                    bundle.faults.append('bundle.out_of_order')
                bundle.events.append(event)
        elif line.startswith(b'blob '):
            blobs += 1
            if blobs > MAX_BLOBS:
                raise Refused('bundle.too_large')
            last = _read_blob(bundle, line[5:].decode('latin-1'), last)
        elif line.startswith(b'end '):
            expected = 'end %d %d %s' % (events, blobs, encode(sha256(file[:at])))
            bundle.ending = 'whole' if line == expected.encode() else 'wrong'
        else:
            bundle.faults.append('bundle.bad_line')
        at = end + 1
    _check_order(bundle)
    return bundle


def _check_later(bundle, line):
    """What only a later version can read stands behind the rest, by its bytes."""
    before = [stored for code, stored in bundle.unread if code in LATER]
    if before and line == before[-1]:
        bundle.faults.append('bundle.duplicate')
    elif before and line < before[-1]:
        bundle.faults.append('bundle.out_of_order')


def _read_blob(bundle, line, last):
    name, space, text = line.partition(' ')
    try:
        fixed(name, 32)
        if not space:
            raise Refused('bundle.bad_line')
    except Refused:
        bundle.faults.append('bundle.bad_line')
        return last
    try:
        data = decode(text)
    except Refused:
        bundle.faults.append('bundle.wrong_blob')
        return last
    if last is not None and name == last:
        bundle.faults.append('bundle.duplicate')
        return last
    if last is not None and by_bytes(name) < by_bytes(last):
        bundle.faults.append('bundle.out_of_order')
    if ref_of(data) != name:
        bundle.faults.append('bundle.wrong_blob')
    else:
        bundle.blobs[name] = data
    return name


def causal_order(family):
    """Ids (with their parents) in the order of a bundle: of those whose parents came, the smallest. What is not here
    does not count."""
    missing = {event: sum(p in family for p in of) for event, of in family.items()}
    children = {}
    for event, of in family.items():
        for parent in of:
            children.setdefault(parent, []).append(event)
    ready = [(by_bytes(event), event) for event, count in missing.items() if count == 0]
    heapq.heapify(ready)
    order = []
    while ready:
        _, event = heapq.heappop(ready)
        order.append(event)
        for child in children.get(event, []):
            missing[child] -= 1
            if missing[child] == 0:
                heapq.heappush(ready, (by_bytes(child), child))
    return order


def _check_order(bundle):
    family = {event.id: parents(event) for event in bundle.events}
    ids = []
    for event in bundle.events:
        if event.id in ids:
            bundle.faults.append('bundle.duplicate')
        else:
            ids.append(event.id)
    if all(parent in family for of in family.values() for parent in of):
        good = ids == causal_order(family)
    else:  # the full order cannot be known: parents first is what remains
        place = {event: i for i, event in enumerate(ids)}
        good = all(place[p] < place[event] for event in ids for p in family[event] if p in place)
    if not good:
        bundle.faults.append('bundle.out_of_order')
