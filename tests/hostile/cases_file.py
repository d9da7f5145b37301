"""The file: what can be done to a bundle without any key."""
from kit import case
from canonical import encode
from scene import Scene, header_of, join_lines

BOTH = ['customer', 'provider']


def completed():
    return Scene().completed().file()


def changed(change):
    return lambda: change(completed())


def lines_of(file):
    return file.split(b'\n')[1:-2]


def in_seal(name, verdict, code, make, why=''):
    case('000-file-' + name, verdict, code, why, status='completed', counts=BOTH)(make)


def unreadable(name, data, why=''):
    case('000-file-' + name, 'unreadable', 'bundle.bad_header', why)(data)


unreadable('empty', lambda: b'')
unreadable('another-format', changed(lambda f: f.replace(b'countersign-bundle/v1', b'countersign-bundle/v2', 1)))
unreadable('header-crlf', changed(lambda f: f.replace(b'\n', b'\r\n', 1)))
unreadable('byte-order-mark', changed(lambda f: b'\xef\xbb\xbf' + f))
unreadable('header-cut', lambda: b'countersign-bundle/v1')
unreadable('space-before', changed(lambda f: b' ' + f))
case('000-file-header-only', 'incomplete', 'bundle.truncated', 'Nothing but the first line.')(lambda: b'countersign-bundle/v1\n')
case('000-file-nothing-in-it', 'incomplete', 'envelope.not_open', 'An end line that fits, and nothing before it.')(
    lambda: join_lines([]))
in_seal('no-end', 'incomplete', 'bundle.truncated', changed(lambda f: f[:f.rindex(b'end ')]), 'The end line is missing.')
in_seal('end-cut', 'incomplete', 'bundle.wrong_end', changed(lambda f: f[:-2]), 'Cut in the end line.')
in_seal('end-without-line-end', 'incomplete', 'bundle.wrong_end', changed(lambda f: f[:-1]), 'Every line ends with LF.')
in_seal('end-counts', 'incomplete', 'bundle.wrong_end', changed(lambda f: f.replace(b'\nend 17 ', b'\nend 18 ')))
in_seal('end-count-with-zero', 'incomplete', 'bundle.wrong_end', changed(lambda f: f.replace(b'\nend 17 ', b'\nend 017 ')))
in_seal('end-digest', 'incomplete', 'bundle.wrong_end', changed(
    lambda f: f[:-3] + (b'A' if f[-3:-2] != b'A' else b'B') + f[-2:]))
in_seal('end-crlf', 'incomplete', 'bundle.wrong_end', changed(lambda f: f[:-1] + b'\r\n'))
in_seal('trailing-line', 'invalid', 'bundle.trailing', changed(lambda f: f + b'\n'))
in_seal('trailing-event', 'invalid', 'bundle.trailing', changed(lambda f: f + lines_of(f)[0] + b'\n'))
in_seal('second-end', 'invalid', 'bundle.trailing', changed(lambda f: f + f[f.rindex(b'end '):]))
in_seal('empty-line', 'invalid', 'bundle.bad_line', changed(lambda f: join_lines(lines_of(f) + [b''])))
in_seal('comment', 'invalid', 'bundle.bad_line', changed(lambda f: join_lines([b'# by hand'] + lines_of(f))))
in_seal('upper-case-word', 'invalid', 'bundle.bad_line', changed(
    lambda f: join_lines(lines_of(f)[:-1] + [b'BLOB' + lines_of(f)[-1][4:]])))
in_seal('two-spaces', 'invalid', 'bundle.bad_event', changed(
    lambda f: join_lines([lines_of(f)[0]] + [b'event  ' + lines_of(f)[1][6:]] + lines_of(f)[1:])))
in_seal('blob-without-bytes', 'invalid', 'bundle.bad_line', changed(lambda f: join_lines(lines_of(f) + [b'blob ' + b'_' * 42 + b'8'])))
in_seal('blob-short-name', 'invalid', 'bundle.bad_line', changed(lambda f: join_lines(lines_of(f) + [b'blob AAAA AAAA'])))
in_seal('blob-with-padding', 'invalid', 'bundle.wrong_blob', changed(
    lambda f: join_lines(lines_of(f)[:-1] + [lines_of(f)[-1] + b'='])))
in_seal('blob-nobody-names', 'valid', None, lambda: more_blob(b'a note'), 'A blob that no event names changes nothing.')
in_seal('empty-blob', 'valid', None, lambda: more_blob(b''), 'The empty blob has its name, too.')
case('000-file-cut-in-event', 'incomplete', 'bundle.truncated', 'Cut in the middle of a line.')(changed(lambda f: f[:5000]))
case('000-file-cut-in-blob', 'incomplete', 'bundle.truncated', 'Cut in the middle of a blob.')(
    changed(lambda f: f[:-2000]))


def more_blob(data):
    scene = Scene().completed()
    scene.blob(data)
    return scene


# --- the self-contained copy ---


def page(bundle, head='', behind=''):
    """A page by somebody else's hand around a bundle."""
    return ('<!DOCTYPE html>\n<html><head><title>Agreement</title>%s</head><body><p>Both parties agree to nothing.</p>\n'
            '<script type="application/vnd.countersign.bundle" id="countersign-bundle">%s</script>%s</body></html>\n'
            % (head, bundle, behind)).encode()


def copy(name, verdict, code, make, why='', needs=None):
    case('000-copy-' + name, verdict, code, why, needs=needs)(make)


def inner():
    return encode(completed())


def generator(version):
    return '<meta name="generator" content="countersign-copy/1 %s">' % version


copy('of-another-hand', 'invalid', 'copy.page_differs', lambda: page(inner()),
     'The page says something else than the bundle inside it.', needs='page')
copy('of-a-later-version', 'needsNewerVersion', 'copy.page_differs', lambda: page(inner(), generator('9.9.9')),
     "A later version's page cannot be compared by this one.", needs='page')
copy('of-no-version', 'invalid', 'copy.page_differs', lambda: page(inner(), generator('9.9.9 ')), 'Nearly a version.', needs='page')
copy('of-an-earlier-version', 'invalid', 'copy.page_differs', lambda: page(inner(), generator('0.0.9')),
     'No earlier version wrote copies.', needs='page')
copy('of-two-versions', 'invalid', 'copy.page_differs', lambda: page(inner(), '<!-- %s -->%s' % (generator('9.9.9'), generator('0.1.0'))),
     'A generator in a comment beside another one.', needs='page')
copy('two-bundles', 'unreadable', 'bundle.bad_header', lambda: page(inner(), behind=page('AAAA').decode()),
     'Two bundles in one page: which one is shown?')
copy('no-bundle', 'unreadable', 'bundle.bad_header', lambda: b'<!DOCTYPE html><title>Agreement</title>', 'A page without a bundle.')
copy('space-in-base64url', 'unreadable', 'bundle.bad_header', lambda: page(' ' + inner()))
copy('padding', 'unreadable', 'bundle.bad_header', lambda: page(inner() + '=='))
copy('not-closed', 'unreadable', 'bundle.bad_header', lambda: page(inner()).replace(b'</script>', b''))
copy('of-a-copy', 'unreadable', 'bundle.bad_header', lambda: page(encode(page(encode(b'countersign-bundle/v1\n')))),
     'A copy within a copy.')
copy('of-nothing', 'unreadable', 'bundle.bad_header', lambda: page(''))


def later(number):
    """The line of an event of a later version, under a key that nothing introduces."""
    payload = '{"v":2,"w":%d}' % (1000 + number)
    return ('event %s.%s.%s' % (encode(header_of(encode(bytes(32)))), encode(payload.encode()), encode(bytes(64)))).encode()


def with_later(events, more=b'', at=0):
    """The completed envelope with such lines behind its events, or before the last `at` of them."""
    lines = lines_of(completed())
    place = sum(line.startswith(b'event ') for line in lines) - at
    return join_lines(lines[:place] + events + lines[place:]) + more


MANY = sorted(later(number) for number in range(300))
FIRST, SECOND = MANY[:2]


in_seal('later-events', 'valid', 'event.unknown_version', lambda: with_later(MANY), 'What is sealed depends on none of them.')
in_seal('trailing-behind-later-events', 'invalid', 'bundle.trailing', lambda: with_later(MANY, b'more\n'),
        'Events of a later version hide no fault behind them, however many they are.')
in_seal('later-event-twice', 'invalid', 'bundle.duplicate', lambda: with_later([FIRST, FIRST]), 'Nothing stands twice.')
in_seal('later-events-out-of-order', 'invalid', 'bundle.out_of_order', lambda: with_later([SECOND, FIRST]), 'By their bytes.')
in_seal('later-event-before-others', 'invalid', 'bundle.out_of_order', lambda: with_later([FIRST], at=1), 'Behind what can be read.')
