"""Files that somebody handed in: FORMAT.md sections 3, 6, 8 and 11. base/files.md asks for two."""
from kit import HERE, case  # first: it says where the others are
from canonical import DOCUMENT_LIMITS, encode, read, ref_of, sha256
from cases_values import BOTH, Signing
from event import by_bytes
from scene import CUSTOMER, DEL, OWNER, join_lines, merged

COMPILED = (HERE / 'base/files.json').read_bytes()
CARD = bytes(range(16)) + b'the ID card, as a picture'
LETTER = bytes(16) + b'a letter that came to the address'
OTHER = 'A' * 43


def value_of(data, called='card.jpg', **change):
    value = {'blob': ref_of(data), 'name': called, 'sha256': sha256(data[16:]).hex(), 'size': len(data) - 16}
    return merged(value, change)


class Handing(Signing):
    """The customer hands in a card; `named`: what the event names (DEL: nothing), `blobs`: what is in the file."""

    source, compiled = (HERE / 'base/files.md').read_bytes(), COMPILED
    template = read(COMPILED, DOCUMENT_LIMITS)
    honest = {'seats': 5}, {'idCard': value_of(CARD)}, {}

    def __init__(self, answers=None, named=None, blobs=(CARD,)):
        super().__init__(answers=answers)
        self.named = named
        if named is None:
            self.named = sorted({value['blob'] for value in self.answers.values()}, key=by_bytes)
        self.blobs = blobs

    def ready(self, scene, party):
        scene.ready(party, skip=('commit',), text=self.text, rendering=self.rendering)
        if party is CUSTOMER:
            for blob in self.blobs:
                scene.blob(blob)
            change = {} if self.named is DEL else {'files': self.named}
            self.committed = scene.commit(party, self.answers, change=change)


def handed(name, verdict, code, why, **what):
    case('000-file-' + name, verdict, code, why, status='completed', counts=BOTH)(lambda: Handing(**what).sealed())


def differs(name, why, **what):
    handed(name, 'invalid', 'file.differs', why, **what)


def unfit(what, why, **change):
    handed(what, 'invalid', 'field.wrong_type', why, answers={'idCard': value_of(CARD, **change)}, named=[ref_of(CARD)])


handed('good', 'valid', None, 'A file that is what its value says.')
handed('two', 'valid', None, 'Two of them; the event names both, sorted.', blobs=(CARD, LETTER),
       answers={'address': value_of(LETTER, 'letter.pdf')})
handed('twice', 'valid', None, 'One file for both; the event names it once.', answers={'address': value_of(CARD, 'other.jpg')})
handed('without-bytes', 'valid', None, 'A file without bytes is one.', answers={'idCard': value_of(bytes(16))}, blobs=(bytes(16),))
handed('more-than-values', 'valid', None, 'An event may name a file that no value names.', blobs=(CARD, LETTER),
       named=sorted([ref_of(CARD), ref_of(LETTER)], key=by_bytes))
handed('withheld', 'incomplete', 'detail.withheld', 'What a signature binds is not in the bundle, and nobody had it shredded.', blobs=())
differs('of-another-size', 'One byte less than there are.', answers={'idCard': value_of(CARD, size=len(CARD) - 17)})
differs('of-another-hash', 'The hash of another file.', answers={'idCard': value_of(CARD, sha256=sha256(LETTER[16:]).hex())})
differs('hash-with-the-salt', 'The hash of the whole blob.', answers={'idCard': value_of(CARD, sha256=sha256(CARD).hex())})
differs('not-named', 'It is there, and its event does not name it.', named=DEL)
differs('not-named-and-withheld', 'Nor is it there: nothing could have been shredded for it.', named=DEL, blobs=())
differs('names-another', 'The event names another file.', named=[ref_of(LETTER)], blobs=(CARD, LETTER))
differs('shorter-than-its-salt', 'Fifteen bytes hold no file.', blobs=(bytes(15),),
        answers={'idCard': {'blob': ref_of(bytes(15)), 'name': 'a', 'size': 0, 'sha256': sha256(b'').hex()}})
differs('is-a-structural-blob', 'The compiled template, as if it had been handed in.', blobs=(),
        answers={'idCard': {**value_of(CARD), 'blob': ref_of(COMPILED)}})
unfit('without-size', 'A member is missing.', size=DEL)
unfit('larger-than-any', 'One byte more than a file may have.', size=4_194_289)
unfit('below-nothing', 'No file has a negative size.', size=-1)
unfit('without-a-name', 'Every file is called something.', name='')
unfit('with-a-name-that-turns', 'A name that reads backwards.', name='gpj.\u202eexe')
unfit('with-a-long-name', '256 bytes.', name='x' * 256)
unfit('with-an-upper-case-hash', 'One hash, one spelling.', sha256=sha256(CARD[16:]).hex().upper())
unfit('with-no-reference', 'What names no blob.', blob='card')
handed('null-for-required', 'invalid', 'field.required', 'Committed as null: an answer to the log, none to the template.',
       answers={'idCard': None}, named=DEL, blobs=())
handed('as-a-text', 'invalid', 'values.wrong_type', 'A name is no file.', answers={'idCard': 'card.jpg'}, named=DEL)


def refused(name, code, why, files):
    @case('000-file-' + name, 'invalid', code, why, status='sent')
    def make():
        signing = Handing(named=DEL)
        scene = signing.sent()
        scene.ready(CUSTOMER, skip=('commit',), text=signing.text, rendering=signing.rendering)
        scene.commit(CUSTOMER, signing.answers, change={'files': files})
        return scene


refused('named-twice', 'schema.bad_value', 'Each once.', [ref_of(CARD)] * 2)
refused('not-sorted', 'schema.bad_value', 'Sorted by their bytes.',
        sorted([ref_of(CARD), ref_of(LETTER)], key=by_bytes, reverse=True))
refused('none-named', 'schema.bad_value', 'A list without files is left out.', [])
refused('nine-named', 'schema.bad_value', 'At most eight.',
        sorted((ref_of(bytes([i])) for i in range(9)), key=by_bytes))


def shredded(name, verdict, code, why, pick, gone=True, status='completed'):
    @case('000-file-' + name, verdict, code, why, status=status, counts=BOTH)
    def make():
        scene = Handing().sealed()
        scene.write(OWNER, 'content.shredded', {'details': [pick]})
        if gone:
            del scene.blobs[ref_of(CARD)]
        return scene


shredded('shredded', 'valid', 'detail.withheld', 'What the sender had shredded, and the bytes are gone.', ref_of(CARD))
shredded('shredded-and-kept', 'valid', None, 'Somebody kept it: the file says so by having it.', ref_of(CARD), gone=False)
shredded('shredded-what-nobody-named', 'valid', 'record.unknown', 'No event names such a file.', OTHER, gone=False)


@case('000-file-swapped', 'invalid', 'bundle.wrong_blob', 'Other bytes under the name of the file.', status='completed')
def swapped():
    scene = Handing().sealed()
    lines = [b'blob ' + ref_of(CARD).encode() + b' ' + encode(CARD.replace(b'ID', b'DI')).encode()
             if line.split(b' ')[1] == ref_of(CARD).encode() else line for line in scene.blob_lines()]
    return join_lines(scene.event_lines() + lines)
