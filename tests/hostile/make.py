#!/usr/bin/env python3
"""Makes the cases of the hostile kit anew: make.py. Deterministic: make.py --check counts the files that are as made.

The cases are functions in cases_*.py, each with the verdict that FORMAT.md gives it, written down before any verifier
was asked. A case file is a bundle in which a line that is exactly @N stands for line N of base/good.bundle.
"""
import json
import sys

from kit import CASES, HERE, SKIPPED, expand, shorten
from scene import Scene
import cases_content  # noqa: F401
import cases_devices  # noqa: F401
import cases_encoding  # noqa: F401
import cases_file  # noqa: F401
import cases_files  # noqa: F401
import cases_keys  # noqa: F401
import cases_law  # noqa: F401
import cases_log  # noqa: F401
import cases_races  # noqa: F401
import cases_records  # noqa: F401
import cases_reports  # noqa: F401
import cases_undone  # noqa: F401
import cases_values  # noqa: F401
import cases_workflow  # noqa: F401

EXIT = {'valid': 0, 'invalid': 1, 'unreadable': 2, 'incomplete': 3, 'notSealed': 3, 'contested': 4, 'ended': 5,
        'needsNewerVersion': 6}


def made():
    """{path under tests/hostile: bytes}"""
    good = Scene().completed().file()
    files, entries = {'base/good.bundle': good}, []
    for case in CASES:
        data = case.pop('make')()
        data = data if isinstance(data, bytes) else data.file()
        short = shorten(data, good)
        assert expand(short, good) == data
        files['cases/' + case['file']] = short
        entries.append({**case, 'exitCode': EXIT[case['verdict']]})
    assert len({entry['file'] for entry in entries}) == len(entries)
    lines = ',\n '.join(json.dumps(entry, sort_keys=True) for entry in entries)
    skipped = ',\n '.join(json.dumps(entry, sort_keys=True) for entry in SKIPPED)
    files['manifest.json'] = ('{"cases":[\n %s],\n"skipped":[\n %s]}\n' % (lines, skipped)).encode()
    return files


def main():
    folder = HERE / 'cases'
    folder.mkdir(exist_ok=True)
    files = made()
    if '--check' in sys.argv:
        there = {'cases/' + path.name for path in folder.iterdir()} | {'base/good.bundle', 'manifest.json'}
        same = {name for name in there & set(files) if (HERE / name).read_bytes() == files[name]}
        for name in sorted((there | set(files)) - same):
            print('FAIL', name, 'is not what make.py makes')
        print(f'{len(same)} passed, {len(there | set(files)) - len(same)} failed')
        return 0 if len(same) == len(there | set(files)) else 1
    for old in folder.iterdir():
        if 'cases/' + old.name not in files:
            old.unlink()
    for name, data in files.items():
        (HERE / name).write_bytes(data)
    print(len(files) - 2, 'cases,', sum(map(len, files.values())), 'bytes')


if __name__ == '__main__':
    sys.exit(main())
