"""Parses the text of a flag according to its type in scripts/inventory/mesos-flags.json."""
import json
import re

from . import units


def parse(flag_type, text):
    """The value of a flag. Raises ValueError, with the message of Mesos where it is known."""
    kind, _, _ = flag_type.partition(':')
    return PARSERS[kind](text)


def parse_bool(text):
    if text in ('true', '1'):
        return True
    if text in ('false', '0'):
        return False
    raise ValueError('Expecting a boolean (e.g., true or false)')


def parse_int(text):
    if not re.fullmatch(r'[+-]?\d+', text):
        raise ValueError(f"Failed to convert '{text}' to number")
    return int(text)


def parse_uint(text):
    number = parse_int(text)
    if number < 0:
        raise ValueError(f"Failed to convert '{text}' to number")
    return number


def parse_port(text):
    number = parse_uint(text)
    if number > 65535:
        raise ValueError(f"Failed to convert '{text}' to number")
    return number


def parse_double(text):
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"Failed to convert '{text}' to number") from None


def parse_json_object(text):
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ValueError(f'syntax error: {error}') from None
    if not isinstance(value, dict):
        raise ValueError('JSON parse error: expecting an object')
    return value


def parse_json_or_file(text):
    # Mesos still accepts a plain path here, with a warning.
    if text.startswith('/'):
        text = read_file(text)
    return parse_json_object(text)


def parse_uint_list(text):
    return [parse_uint(item) for item in text.split(',')]


def parse_string_list(text):
    return text.split(',')


def read_file(path):
    try:
        with open(path, encoding='utf8') as file:
            return file.read()
    except OSError as error:
        raise ValueError(f"Error reading file '{path}': {error.strerror}") from None


PARSERS = {
    'bool': parse_bool,
    'bytes': units.parse_bytes,
    'double': parse_double,
    'duration': units.parse_duration,
    'int': parse_int,
    'json': parse_json_object,
    'json-object': parse_json_object,
    'json-or-file': parse_json_or_file,
    'path': str,
    'port': parse_port,
    'string': str,
    'string-list': parse_string_list,
    'string-or-file': str.strip,
    'uint': parse_uint,
    'uint-list': parse_uint_list,
}


def show(flag_type, value):
    """A value in the format of /flags: always text."""
    kind, _, _ = flag_type.partition(':')
    if kind == 'bool':
        return 'true' if value else 'false'
    if kind == 'duration':
        return units.show_duration(value)
    if kind == 'bytes':
        return units.show_bytes(value)
    if kind.endswith('-list'):
        return ','.join(map(str, value))
    if kind.startswith('json'):
        return json.dumps(value, separators=(',', ':'))
    return str(value)
