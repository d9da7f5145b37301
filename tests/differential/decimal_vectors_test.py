#!/usr/bin/env python3
"""Runs the test cases of the General Decimal Arithmetic specification (Mike Cowlishaw's .decTest files) through our
decimals: sums, differences, products, quotients, quantize, comparisons and rounding in every mode we have.

Usage: decimal_vectors_test.py <program values_answers> [folder of *.decTest]
Without a folder: Python's own copy, where the interpreter or Debian's libpython3.x-testsuite has one; else skipped.

A row is ours if its operands and result are finite numbers that we can hold (38 digits, no exponent), and its condition is
none that we do not have (subnormal, clamped, a trap). What is exact there has to be exact here and spelt alike; what is
rounded there to its precision is our exact result, rounded by us in the row's mode. A quotient of ours has 34 digits, so
a shorter one is compared only where rounding twice cannot matter.
"""
import glob
import os
import re
import subprocess
import sys
import sysconfig
from decimal import Context, Decimal, InvalidOperation

EXACT = Context(prec=2000, Emin=-10**6, Emax=10**6)
FILES = ('add subtract multiply divide quantize compare rounding plus minus reduce tointegral tointegralx randoms '
         'randomBound32 inexact').split()
FILES += [width + name for width in ('dd', 'dq') for name in
          ('Add', 'Subtract', 'Multiply', 'Divide', 'Quantize', 'Compare', 'Plus', 'Minus', 'Reduce', 'ToIntegral')]
VERBS = {'add': 'add', 'subtract': 'sub', 'multiply': 'mul', 'divide': 'div', 'compare': 'cmp'}
ALONE = ('plus', 'minus', 'reduce', 'tointegral', 'tointegralx')
MODES = ('half_even', 'half_up', 'half_down', 'up', 'down', 'ceiling', 'floor')
FOREIGN = ('subnormal', 'underflow', 'overflow', 'clamped', 'lost_digits', 'division_undefined', 'invalid_operation',
           'conversion_syntax', 'invalid_context', 'insufficient_storage')


def folders():
    yield from sys.argv[2:]
    yield os.path.join(sysconfig.get_paths()['stdlib'], 'test', 'decimaltestdata')
    for place in ('/usr/lib/python3*', os.path.expanduser('~/.pyenv/versions/*/lib/python3*')):
        yield from sorted(glob.glob(place + '/test/decimaltestdata'), reverse=True)


def spell(number):
    """Our form: no exponent, no negative zero. None where we cannot hold it."""
    if not number.is_finite():
        return None
    sign, digits, exponent = number.as_tuple()
    if exponent > 38 or exponent < -38 or len(digits) + max(exponent, 0) > 38:
        return None
    if not any(digits):
        number = abs(number)
    text = format(number, 'f')
    return text if len(text.lstrip('-').replace('.', '').lstrip('0')) <= 38 else None


class Row:
    def __init__(self, name, verb, operands, result, conditions, precision, mode):
        self.name, self.verb, self.operands, self.result = name, verb, operands, result
        self.conditions, self.precision, self.mode = conditions, precision, mode
        self.got = None

    def first(self):
        """What our program is asked first."""
        words = [spell(operand) for operand in self.operands]
        if self.verb == 'quantize':
            return f'round {words[0]} {self.mode} {-self.operands[1].as_tuple().exponent}'
        if self.verb in ('tointegral', 'tointegralx'):
            # A number without fraction keeps its spelling there; here too, as it has no point.
            return f'round {words[0]} {self.mode} 0'
        if self.verb == 'minus':
            return f'sub 0 {words[0]}'
        if self.verb in ('plus', 'reduce'):
            return f'add 0 {words[0]}'
        return f'{VERBS[self.verb]} {words[0]} {words[1]}'

    def then(self):
        """Rounding to the row's precision, where our result has more digits; None where it has not."""
        if self.got.startswith('!') or self.verb in ('quantize', 'compare', 'tointegral', 'tointegralx'):
            return None
        _, digits, exponent = Decimal(self.got.lstrip('~')).as_tuple()
        length = len(''.join(map(str, digits)).lstrip('0'))
        if length <= self.precision:
            return None
        return f'round {self.got.lstrip("~")} {self.mode} {-exponent - (length - self.precision)}'

    def is_certain(self):
        """Whether rounding our quotient once more is rounding the true one."""
        if not self.got.startswith('~'):
            return True
        digits = ''.join(map(str, Decimal(self.got[1:]).as_tuple().digits)).lstrip('0')
        if len(digits) <= self.precision:
            return self.precision == 34 and self.mode == 'half_even'
        cut = digits[self.precision:]
        return len(digits) == 34 and cut.strip('0') not in ('', '5') and cut.strip('9') not in ('', '4')

    def fits(self, told):
        if self.verb == 'compare':
            return told == {-1: '<', 0: '=', 1: '>'}[int(self.result)]
        if told.startswith('!'):
            # Refused: rightly, where the exact result is more than 38 digits can say.
            a, b = self.operands if len(self.operands) == 2 else (Decimal(0), self.operands[0])
            exact = {'add': EXACT.add, 'subtract': EXACT.subtract, 'multiply': EXACT.multiply}.get(self.verb)
            return told == '!values.overflow' and exact is not None and spell(EXACT.normalize(exact(a, b))) is None
        value = Decimal(told.lstrip('~'))
        if value != self.result:
            return False
        if told.startswith('~') != ('inexact' in self.conditions) and self.verb == 'divide' and told is self.got:
            return False
        # The same number of decimals, where the spelling there has no exponent and nothing gave way here.
        exponent = self.result.as_tuple().exponent
        alike = self.verb in VERBS or self.verb == 'quantize'
        if not alike or exponent > 0 or self.result == 0:
            return True
        # Rounding up to a power of ten gives one digit more, and the place was chosen before.
        carry = told != self.got and value.as_tuple().exponent == exponent - 1 and told.endswith('0')
        return carry or value.as_tuple().exponent == exponent


def rows(path):
    """(rows that are ours, how many are not)"""
    ours, others = [], 0
    context = {'precision': 9, 'rounding': 'half_up'}
    with open(path, encoding='latin-1') as file:
        for line in file:
            line = line.split('--')[0].strip()
            directive = re.fullmatch(r'(\w+)\s*:\s*(\S+)', line)
            if directive:
                context[directive[1].lower()] = directive[2].lower()
                continue
            left, arrow, right = line.partition('->')
            if not arrow:
                continue
            name, verb, *operands = left.replace("'", ' ').split()
            answer, *conditions = right.replace("'", ' ').split()
            conditions = [condition.lower() for condition in conditions]
            row = None
            if verb in VERBS or verb == 'quantize' or verb in ALONE:
                try:
                    numbers = [Decimal(operand) for operand in operands]
                    result = Decimal(answer)
                    usable = (all(spell(number) is not None for number in numbers) and result.is_finite()
                              and context['rounding'] in MODES and not any(c in FOREIGN for c in conditions)
                              and len(numbers) == (1 if verb in ALONE else 2)
                              and (verb == 'compare' or spell(result) is not None)
                              and all(len(number.as_tuple().digits) <= 34 for number in numbers))
                    # Operands longer than the precision are rounded first there by `plus` alone.
                    if usable and verb == 'divide' and numbers[1] == 0:
                        usable = False
                    if usable:
                        row = Row(name, verb, numbers, result, conditions, int(context['precision']), context['rounding'])
                except (InvalidOperation, ValueError):
                    pass  # an encoding (#...), or no number
            if row is None:
                others += 1
            else:
                ours.append(row)
    return ours, others


def ask(program, questions):
    text = ''.join(question + '\n' for question in questions)
    told = subprocess.run([program], input=text, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(told) == len(questions)
    return told


def main():
    folder = next((place for place in folders() if os.path.exists(os.path.join(place, 'add.decTest'))), None)
    if folder is None:
        print('skipped: no .decTest files here (apt-get install libpython3.11-testsuite brings them)')
        return 0
    program = sys.argv[1]
    passed = failed = left = 0
    for name in FILES:
        path = os.path.join(folder, name + '.decTest')
        if not os.path.exists(path):
            continue
        ours, others = rows(path)
        for row, told in zip(ours, ask(program, [row.first() for row in ours])):
            row.got = told
        again = [row for row in ours if row.then() is not None]
        rounded = dict(zip((id(row) for row in again), ask(program, [row.then() for row in again])))
        good = 0
        for row in ours:
            if row.verb == 'divide' and not row.got.startswith('!') and not row.is_certain():
                others += 1
                continue
            told = rounded.get(id(row), row.got)
            if row.fits(told):
                good += 1
            else:
                failed += 1
                print(f'FAIL {name} {row.name}: {row.first()} at {row.precision} digits, {row.mode}: {row.got} then {told}, '
                      f'not {row.result}')
        passed += good
        left += others
        print(f'{name}: {good} passed, {others} not ours')
    print(f'{passed} passed, {failed} failed ({left} rows need what our decimals do not have)')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
