"""Values of fields in their plain JSON form: core/FORMAT.md section 4, the types that a field can have."""
import re
from datetime import date

from canonical import MAX_INT, Refused
from event import is_int

# ISO 4217 list one, codes with a minor unit.
CURRENCIES = set((
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF '
    'CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD '
    'HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL '
    'MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON '
    'RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX '
    'USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG').split())
_DECIMAL = re.compile(r'-?(0|[1-9]\d{0,37})(\.\d{1,38})?', re.ASCII)
_DATE = re.compile(r'(\d{4})-(\d\d)-(\d\d)', re.ASCII)
_PERIOD = re.compile(r'P0D|-?P(?=\d)(\d{1,7}Y)?(\d{1,7}M)?(\d{1,7}W)?(\d{1,7}D)?', re.ASCII)


def _decimal(text):
    if not _DECIMAL.fullmatch(text):
        raise Refused('values.bad_decimal')
    digits = text.lstrip('-').replace('.', '').lstrip('0')
    if len(digits) > 38:
        raise Refused('values.overflow')
    if text.startswith('-') and not digits:
        raise Refused('values.bad_decimal')


def _members(text):
    """{name: type} of what stands in a record's parentheses: name: type, ..."""
    members, depth, start = {}, 0, 0
    for i, character in enumerate(text + ','):
        depth += (character == '(') - (character == ')')
        if character == ',' and depth == 0:
            name, _, type_ = text[start:i].strip().partition(': ')
            members[name] = type_
            start = i + 1
    return members


def check(type_, value):
    """Refused where the value has not the form of its type."""
    if type_.startswith('list('):
        if not isinstance(value, list):
            raise Refused('values.wrong_type')
        for item in value:
            check(type_[5:-1], item)
    elif type_.startswith('record('):
        members = _members(type_[7:-1])
        if not isinstance(value, dict):
            raise Refused('values.wrong_type')
        for name, member in value.items():
            if name not in members:
                raise Refused('values.wrong_type')
            check(members[name], member)
    elif type_ == 'bool':
        if not isinstance(value, bool):
            raise Refused('values.wrong_type')
    elif type_ == 'int':
        beyond = isinstance(value, str) and re.fullmatch(r'-?[1-9]\d{15,18}', value, re.ASCII)
        if not is_int(value) and not (beyond and abs(int(value)) > MAX_INT and -2**63 <= int(value) < 2**63):
            raise Refused('values.wrong_type')
    elif type_.startswith('money'):
        if not isinstance(value, list) or len(value) != 2 or not all(isinstance(part, str) for part in value):
            raise Refused('values.bad_money')
        _decimal(value[0])
        if value[1] not in CURRENCIES:
            raise Refused('values.unknown_currency')
        if type_ not in ('money', 'money(%s)' % value[1]):
            raise Refused('values.currency_mix')
    elif not isinstance(value, str):
        raise Refused('values.wrong_type')
    elif type_ == 'decimal':
        _decimal(value)
    elif type_ == 'date':
        match = _DATE.fullmatch(value)
        try:
            date(*map(int, match.groups()))
        except (AttributeError, ValueError):
            raise Refused('values.bad_date') from None
    elif type_ == 'period' and not _PERIOD.fullmatch(value):
        raise Refused('values.bad_period')
