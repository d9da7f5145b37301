"""What case files and the manifest are."""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'independent'))  # whose Ed25519, JSON and hashes the maker uses
CASES, SKIPPED = [], []
OVER = {'declined': 'ended', 'voided': 'ended', 'expired': 'ended', 'frozen': 'contested', 'contested': 'contested'}  # verdicts


def case(name, verdict, code=None, why='', detail=None, status=None, counts=None, needs=None,
         marks=None, says=None, unsaid=None):
    """A function that makes a Scene or the bytes of a file. `name` starts with the number in the list of threats that
    it belongs to (000: none). `code`: the one that must be among the reasons; None: no reason but notices.
    `detail`: the code within it. `marks`: {recipient: why the signature does not count}. `needs`: what a verifier has to
    be able to do to see the fault. `says`, `unsaid`: what our report for people has to say, and must not."""
    def register(make):
        entry = {'file': name + '.bundle', 'verdict': verdict, 'code': code, 'about': why or (make.__doc__ or '')}
        for key, value in (('detail', detail), ('status', status), ('counts', counts), ('needs', needs), ('marks', marks),
                           ('says', says), ('unsaid', unsaid)):
            if value is not None:
                entry[key] = value
        CASES.append({**entry, 'make': make})
        return make
    return register


def skipped(number, reason):
    SKIPPED.append({'case': number, 'reason': reason})


def shorten(data, good):
    """Lines that base/good.bundle has, by their number."""
    numbers = {line: b'@%d' % (i + 1) for i, line in enumerate(good.split(b'\n')) if len(line) > 8}
    return b'\n'.join(numbers.get(line, line) for line in data.split(b'\n'))


def expand(short, good):
    lines = good.split(b'\n')
    return b'\n'.join(lines[int(line[1:]) - 1] if line[:1] == b'@' and line[1:].isdigit() else line
                      for line in short.split(b'\n'))
