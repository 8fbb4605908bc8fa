"""Durations (in nanoseconds) and sizes (in bytes) as stout parses and prints them."""
import re

DURATIONS = {
    'ns': 1,
    'us': 10**3,
    'ms': 10**6,
    'secs': 10**9,
    'mins': 60 * 10**9,
    'hrs': 3600 * 10**9,
    'days': 86400 * 10**9,
    'weeks': 7 * 86400 * 10**9,
}
SIZES = {'B': 1, 'KB': 2**10, 'MB': 2**20, 'GB': 2**30, 'TB': 2**40}


def parse_duration(text):
    return parse_unit(text, DURATIONS, 'duration')


def parse_bytes(text):
    return parse_unit(text, SIZES, 'bytes')


def parse_unit(text, units, what):
    match = re.fullmatch(r'(-?\d+(?:\.\d+)?)([A-Za-z]*)', text)
    if not match:
        raise ValueError(f"Invalid {what} '{text}'")
    number, unit = match.groups()
    if unit not in units:
        raise ValueError(f"Unknown {what} unit '{unit}' with numeric value '{number}'")
    return round(float(number) * units[unit])


def show_duration(nanoseconds):
    return show_unit(nanoseconds, DURATIONS)


def show_bytes(count):
    return show_unit(count, SIZES)


def show_unit(amount, units):
    """The largest unit that divides the amount: 60secs is printed as 1mins, and zero as 0ns."""
    fitting = [unit for unit, size in units.items() if amount and amount % size == 0]
    unit = fitting[-1] if fitting else next(iter(units))
    return f'{amount // units[unit]}{unit}'


def seconds(nanoseconds):
    return nanoseconds / 10**9
