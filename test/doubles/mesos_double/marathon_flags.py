"""The option parser of Marathon (scallop): MARATHON_* are treated as options, and unknown options are fatal errors."""
import json
import re

from .flags import flag_file
from .values import parse_double, parse_int

SWITCHES = ('toggle', 'boolean')
ZK_URL = r'zk://([^/:@]+:[^@]*@)?[^/@:,]+:\d+(,[^/@:,]+:\d+)*(/[^/]+)+'
NUMBERS = {'int': parse_int, 'long': parse_int, 'double': parse_double}


class OptionError(Exception):
    """An error because of which Marathon exits with code 112."""


class Options:
    def __init__(self, values):
        self._values = values

    def __getattr__(self, name):
        return self._values[name]


def table():
    with open(flag_file('marathon-flags.json'), encoding='utf8') as file:
        return json.load(file)['marathon']


def load(options, arguments, environment):
    """Options from MARATHON_* and the command line; each may occur once. Raises OptionError."""
    values = {name: default(option) for name, option in options.items()}
    seen = set()
    words = [*from_environment(environment), *arguments]
    while words:
        name, value, words = next_option(options, words)
        if name in seen:
            raise OptionError(f"Option '{name}' was given more than once")
        seen.add(name)
        values[name] = value
    if values['master'] is None:
        raise OptionError("Required option 'master' not found")
    return Options(values)


def from_environment(environment):
    """MARATHON_X=y is --x y, and an empty MARATHON_X is --x. Marathon ignores only MARATHON_APP_*."""
    words = []
    for key, value in environment.items():
        if key.startswith('MARATHON_') and not key.startswith('MARATHON_APP_'):
            words += [f'--{key[9:].lower()}', value] if value else [f'--{key[9:].lower()}']
    return words


def next_option(options, words):
    word, *rest = words
    if not word.startswith('--'):
        raise OptionError(f"Excess arguments provided: '{' '.join(words)}'")
    spelled, equals, value = word[2:].partition('=')
    name, off = find(options, spelled)
    if options[name]['type'] in SWITCHES:
        if equals:
            raise OptionError(f"Option '{spelled}' takes no value")
        return name, not off, rest
    if not equals:
        if not rest:
            raise OptionError(f"Bad arguments for option '{spelled}': '' - you should provide exactly one argument")
        value, *rest = rest
    return name, parse(spelled, options[name]['type'], value), rest


def find(options, spelled):
    if spelled in options:
        return spelled, False
    name = spelled[len('disable_'):]
    if spelled.startswith('disable_') and options.get(name, {}).get('type') == 'toggle':
        return name, True
    raise OptionError(f"Unknown option '{spelled}'")


def parse(name, kind, value):
    try:
        if kind in NUMBERS:
            return NUMBERS[kind](value)
        if kind == 'ZkUrl' and not re.fullmatch(ZK_URL, value):
            raise ValueError('expected zk://host1:port1,host2:port2,.../path')
        if kind == 'MesosMasterConnection' and value.startswith('zk://') and not re.fullmatch(ZK_URL, value):
            raise ValueError('expected zk://host1:port1,host2:port2,.../path')
        return value
    except ValueError as error:
        raise OptionError(f"Bad arguments for option '{name}': '{value}' - {error}") from None


def default(option):
    value = option.get('default')
    # Defaults that Marathon determines itself, such as the name of its host.
    return None if isinstance(value, str) and (' ' in value or value[:1] in '<$') else value
