#!/usr/bin/env python3
"""Compares our decimals, dates and periods with Python's decimal and datetime on random questions.

Usage: values_python_test.py <program values_answers> [seed] [count]
The same seed asks the same questions; CTest uses a fixed one.
"""
import datetime
import decimal
import random
import subprocess
import sys

D = decimal.Decimal
ROUNDINGS = {
    "half_even": decimal.ROUND_HALF_EVEN, "half_up": decimal.ROUND_HALF_UP, "half_down": decimal.ROUND_HALF_DOWN,
    "up": decimal.ROUND_UP, "down": decimal.ROUND_DOWN, "ceiling": decimal.ROUND_CEILING, "floor": decimal.ROUND_FLOOR,
}
WIDE = decimal.Context(prec=400, Emin=-10**6, Emax=10**6)
LIMIT = D(10) ** 38
# Minor units by ISO 4217, some of each kind; all others in the list have two.
MINOR = {'EUR': 2, 'USD': 2, 'CHF': 2, 'JPY': 0, 'KRW': 0, 'ISK': 0, 'CLP': 0, 'XOF': 0, 'KWD': 3, 'BHD': 3, 'TND': 3, 'OMR': 3,
         'CLF': 4, 'UYW': 4}


def spell(number):
    """Our canonical form: no exponent, no negative zero."""
    if number == 0:
        number = abs(number)
    return format(number, "f")


def fit(exact):
    """An exact result in 38 digits with at most 38 decimals; trailing zeros give way; else overflow."""
    sign, digits, exponent = exact.as_tuple()
    coefficient = int("".join(map(str, digits)))
    scale = -exponent
    if scale < 0:
        coefficient, scale = coefficient * 10 ** -scale, 0
    if coefficient == 0:
        scale = min(scale, 38)
    while coefficient >= LIMIT or scale > 38:
        if scale == 0 or coefficient % 10:
            return "!values.overflow"
        coefficient, scale = coefficient // 10, scale - 1
    return spell(D((sign, tuple(map(int, str(coefficient))), -scale)))


def divide(a, b):
    if b == 0:
        return "!values.divide_by_zero"
    context = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-10**6, Emax=10**6)
    quotient = context.divide(a, b)
    inexact = bool(context.flags[decimal.Inexact])
    if quotient.as_tuple().exponent < -38:
        # Fewer digits: the 38th decimal is the last there is.
        fraction_a, fraction_b = a.as_integer_ratio(), b.as_integer_ratio()
        numerator = fraction_a[0] * fraction_b[1] * 10 ** 38
        denominator = fraction_a[1] * fraction_b[0]
        if denominator < 0:
            numerator, denominator = -numerator, -denominator
        negative, numerator = numerator < 0, abs(numerator)
        whole, rest = divmod(numerator, denominator)
        if 2 * rest > denominator or (2 * rest == denominator and whole % 2):
            whole += 1
        inexact = rest != 0
        if inexact and whole == 0:
            return "!values.overflow"  # nothing of it is left
        quotient = D((int(negative), tuple(map(int, str(whole))), -38))
        if not inexact:
            ideal = max(0, -(a.as_tuple().exponent - b.as_tuple().exponent))
            while -quotient.as_tuple().exponent > min(ideal, 38) and quotient.as_tuple().digits[-1] == 0:
                quotient = quotient.quantize(D((0, (1,), quotient.as_tuple().exponent + 1)), context=WIDE)
    text = fit(quotient)
    return "~" + text if inexact and not text.startswith("!") else text


def rounded(a, mode, digits):
    try:
        result = a.quantize(D((0, (1,), -digits)), rounding=ROUNDINGS[mode], context=WIDE)
    except decimal.InvalidOperation:
        return "!values.overflow"
    if abs(result) * D(10) ** max(digits, 0) >= LIMIT:
        return "!values.overflow"
    return spell(result)


def to_int(a):
    if a != a.to_integral_value(context=WIDE):
        return "!values.inexact"
    return str(int(a)) if -2 ** 63 <= a < 2 ** 63 else "!values.overflow"


def payable(a, currency):
    """With exactly the currency's decimals, where nothing has to be cut for it."""
    cents = D((0, (1,), -MINOR[currency]))
    result = a.quantize(cents, context=WIDE)
    if result != a:
        return "!values.inexact"
    if abs(result) * D(10) ** MINOR[currency] >= LIMIT:
        return "!values.overflow"
    return spell(result) + " " + currency


def add_months(date, months):
    total = date.year * 12 + date.month - 1 + months
    year, month = divmod(total, 12)
    if not 1 <= year <= 9999:
        return None
    month += 1
    day = date.day
    while True:
        try:
            return datetime.date(year, month, day)
        except ValueError:
            day -= 1


def plus(date, months, days):
    moved = add_months(date, months)
    try:
        return str(moved + datetime.timedelta(days)) if moved else "!values.overflow"
    except OverflowError:
        return "!values.overflow"


def period_text(months, days):
    sign = "-" if months < 0 or days < 0 else ""
    months, days = abs(months), abs(days)
    text = sign + "P"
    if months >= 12:
        text += "%dY" % (months // 12)
    if months % 12:
        text += "%dM" % (months % 12)
    if days or not months:
        text += "%dD" % days
    return text


def between(first, last):
    if last < first:
        months, days = between(last, first)
        return -months, -days
    months = (last.year - first.year) * 12 + last.month - first.month
    if add_months(first, months) > last:
        months -= 1
    return months, (last - add_months(first, months)).days


class Questions:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def decimal(self):
        pick = self.random
        digits = pick.choice([1, 1, 2, 3, 5, 9, 17, 18, 19, 20, 33, 34, 35, 37, 38])
        coefficient = pick.randrange(10 ** digits)
        shape = pick.random()
        if shape < 0.15:
            coefficient = 10 ** digits - 1 - pick.randrange(3) % 10 ** digits
        elif shape < 0.3:  # many trailing zeros
            coefficient = coefficient // 10 ** (digits // 2) * 10 ** (digits // 2)
        elif shape < 0.4:  # ties
            coefficient = coefficient // 10 ** (digits // 2) * 10 ** (digits // 2) + 5 * 10 ** max(digits // 2 - 1, 0)
        elif shape < 0.45:  # ties and near ties at the 34th digit, where quotients are rounded
            coefficient = pick.randrange(10 ** 33, 10 ** 34) * 10 + pick.choice([4, 5, 5, 6])
        coefficient = min(coefficient, 10 ** 38 - 1)
        scale = pick.choice([0, 0, 1, 2, 2, 2, 3, 4, 6, 10, 19, 34, 37, 38, pick.randrange(39)])
        sign = pick.randrange(2) if coefficient else 0
        return D((sign, tuple(map(int, str(coefficient))), -scale))

    def date(self):
        pick = self.random
        if pick.random() < 0.3:  # the ends of months, leap days among them
            first = datetime.date(pick.choice([1900, 1999, 2000, 2023, 2024, 2100, pick.randrange(2, 9999)]),
                                  pick.choice([1, 2, 3, 3, 5, 12]), 1)
            return first + datetime.timedelta(pick.choice([-3, -2, -1, -1, -1, 0]))
        ordinal = pick.choice([pick.randrange(1, 3652060), pick.randrange(693000, 760000), pick.randrange(1, 800),
                               pick.randrange(3651000, 3652060)])
        return datetime.date.fromordinal(ordinal)

    def period(self):
        pick = self.random
        sign = pick.choice([1, 1, -1])
        months = pick.choice([0, 1, 2, 6, 11, 12, 13, 24, pick.randrange(2000), pick.randrange(120000)])
        days = pick.choice([0, 0, 1, 7, 30, pick.randrange(1000), pick.randrange(4000000)])
        return sign * months, sign * days

    def ask(self):
        pick = self.random
        verb = pick.choice(["add", "sub", "mul", "mul", "div", "div", "cmp", "round", "round", "toint",
                            "plus", "plus", "minus", "days", "weekday", "between", "between", "months", "timestamp", "pay"])
        a, b = self.decimal(), self.decimal()
        if verb == "div" and pick.random() < 0.3:
            b = D(pick.choice([1, 2, 3, 4, 7, 8, 10, 100, 125, 1024]))
        one, two = spell(a), spell(b)
        first, second = self.date(), self.date()
        months, days = self.period()
        if verb in ("add", "sub", "mul"):
            operation = {"add": WIDE.add, "sub": WIDE.subtract, "mul": WIDE.multiply}[verb]
            want = fit(operation(a, b))
            if verb != "mul" and want != "!values.overflow":
                want = fit(operation(a, b))
            return f"{verb} {one} {two}", want
        if verb == "div":
            return f"div {one} {two}", divide(a, b)
        if verb == "cmp":
            if pick.random() < 0.3:
                two = spell(b := a)
                if -b.as_tuple().exponent < 38 and len(b.as_tuple().digits) < 38:
                    two += "0" if "." in two else ".0"
            return f"cmp {one} {two}", "<" if a < b else ">" if a > b else "="
        if verb == "round":
            mode = pick.choice(list(ROUNDINGS))
            digits = pick.choice([0, 1, 2, 2, 2, 3, 10, 38, -1, -2, -10, -38, pick.randrange(-38, 39)])
            return f"round {one} {mode} {digits}", rounded(a, mode, digits)
        if verb == "toint":
            return f"toint {one}", to_int(a)
        if verb == "pay":
            currency = pick.choice(list(MINOR))
            if pick.random() < 0.5:
                a = a.quantize(D((0, (1,), -pick.randrange(6))), rounding=decimal.ROUND_DOWN, context=WIDE)
                one = spell(a) if abs(a) < LIMIT and len(a.as_tuple().digits) <= 38 else one
                a = D(one)
            return f"pay {one} {currency}", payable(a, currency)
        if verb == "plus":
            return f"plus {first} {period_text(months, days)}", plus(first, months, days)
        if verb == "minus":
            return f"minus {first} {period_text(months, days)}", plus(first, -months, -days)
        if verb == "days":
            return f"days {first} {second}", str((first - second).days)
        if verb == "weekday":
            return f"weekday {first}", str(first.isoweekday())
        if verb == "months":
            return f"months {first} {second}", str(between(first, second)[0])
        if verb == "between":
            return f"between {first} {second}", period_text(*between(first, second))
        moment = datetime.datetime(first.year, first.month, first.day, pick.randrange(24), pick.randrange(60),
                                   pick.randrange(60))
        offset = pick.choice([0, 60, -60, 330, 840, -720])
        sign = "-" if offset < 0 else "+"
        written = "%s%s%02d:%02d" % (moment.isoformat(), sign, abs(offset) // 60, abs(offset) % 60)
        try:
            want = (moment - datetime.timedelta(minutes=offset)).isoformat() + "Z"
        except OverflowError:
            want = "!values.overflow"
        return f"timestamp {written}", want


def letters():
    """Every letter of the scripts that `upper` knows, unless Unicode gives it more than one upper-case letter."""
    blocks = list(range(0x61, 0x180)) + list(range(0x218, 0x21C)) + list(range(0x3AC, 0x3CF)) + list(range(0x410, 0x460))
    for code in blocks + list(range(0x48A, 0x4C0)):
        letter = chr(code)
        if letter.isalpha() and (len(letter.upper()) == 1 or letter == "ß") and letter != "µ":
            yield f"upper {letter}", letter.upper()
    yield "upper Çağrı-ÿŁódź", "ÇAĞRI-ŸŁÓDŹ"


def main():
    program = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 4217
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 60000
    questions = Questions(seed)
    asked = list(letters())
    asked += [questions.ask() for _ in range(count - len(asked))]
    text = "".join(question + "\n" for question, _ in asked)
    answers = subprocess.run([program], input=text, capture_output=True, text=True, check=True).stdout.splitlines()
    if len(answers) != count:
        sys.exit(f"error: {count} questions, {len(answers)} answers")
    failed = [(question, want, got) for (question, want), got in zip(asked, answers) if want != got]
    for question, want, got in failed[:20]:
        print(f"{question}\n  Python: {want}\n  ours:   {got}")
    print(f"{count - len(failed)} passed, {len(failed)} failed (seed {seed})")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    decimal.setcontext(WIDE)
    main()
