"""The flag parser of Mesos (stout): the table contains all flags; any other flag is a fatal error."""
import json
import os
import re
import tempfile

from . import units, values


class FlagError(Exception):
    """The message that the real daemon prints above its usage before it exits with code 1."""


class Flags:
    """The flags of a daemon: `flags.port`, `flags.work_dir`. None if a flag has no value."""

    def __init__(self, table, loaded, hidden):
        self._table = table
        self._hidden = hidden
        self._values = {name: defaults(flag) for name, flag in table.items()}
        self._values.update(loaded)

    def __getattr__(self, name):
        return self._values[name]

    def shown(self):
        """The flags that have a value in the format of /flags: sorted, as text. For a secret in a file, the name of the
        file."""
        present = {name: value for name, value in sorted(self._values.items()) if value is not None}
        shown = {name: values.show(self._table[name]['type'], value) for name, value in present.items()}
        return {**shown, **self._hidden}


def table_of(daemon):
    """The flags of `master` or `agent`, without those that common builds of Mesos do not have."""
    with open(flag_file('mesos-flags.json'), encoding='utf8') as file:
        table = json.load(file)[daemon]
    return {name: flag for name, flag in table.items() if built(flag)}


def flag_file(name):
    here = os.path.dirname(os.path.abspath(__file__))
    packaged = os.path.join(here, '..', name)
    return packaged if os.path.exists(packaged) else os.path.join(here, '../../../scripts/inventory', name)


def built(flag):
    # Debian packages are built with SSL, and without the isolators that require a separate build option.
    return all(condition == 'USE_SSL_SOCKET' for condition in flag.get('build_condition', []))


def load(table, arguments, environment):
    """Flags from MESOS_* and the command line, which takes precedence. Raises FlagError."""
    given = from_environment(table, environment)
    given.update(from_command_line(arguments))
    loaded, spelled, hidden = {}, {}, {}
    for name, text in given.items():
        flag_name, flag, negated = find(table, name)
        spelling = name[3:] if negated else name
        if flag_name in spelled:
            raise FlagError(f"Flag '{spelling}' is already loaded via name '{spelled[flag_name]}'")
        spelled[flag_name] = name
        loaded[flag_name] = value_of(spelling, flag, text, negated and name)
        if flag['type'] == 'string-or-file' and text.startswith('file://'):
            hidden[flag_name] = text
    check_exclusive(table, loaded)
    return Flags(table, loaded, hidden)


def from_environment(table, environment):
    """MESOS_X for every flag x. Other names are ignored silently, as in Mesos."""
    names = set(table) | {flag['deprecated_alias'] for flag in table.values() if 'deprecated_alias' in flag}
    pairs = [(key[6:].lower(), text) for key, text in environment.items() if key.startswith('MESOS_')]
    return {name: text for name, text in pairs if name in names}


def from_command_line(arguments):
    given = {}
    for argument in arguments:
        if argument == '--':
            break
        if not argument.startswith('--'):
            continue
        name, equals, text = argument[2:].partition('=')
        if name in given:
            raise FlagError(f"Flag '{name}' is already loaded via name '{name}'")
        given[name] = text if equals else None
    return given


def find(table, name):
    negated = name.startswith('no-')
    wanted = name[3:] if negated else name
    for flag_name, flag in table.items():
        if wanted in (flag_name, flag.get('deprecated_alias')):
            return flag_name, flag, negated
    via = f" via '{name}'" if negated else ''
    raise FlagError(f"Failed to load unknown flag '{wanted}'{via}")


def value_of(name, flag, text, negation):
    """`negation` is the complete name if it begins with no-, otherwise False."""
    if flag['type'] == 'bool':
        text = boolean_text(name, text, negation)
    elif negation:
        raise FlagError(f"Failed to load non-boolean flag '{name}' via '{negation}'")
    elif text is None:
        raise FlagError(f"Failed to load non-boolean flag '{name}': Missing value")
    try:
        value = values.parse(flag['type'], content(flag['type'], text))
    except ValueError as error:
        raise FlagError(f"Failed to load flag '{name}': Failed to load value '{text}': {error}") from None
    check_constraint(name, flag, value)
    return value


def boolean_text(name, text, negation):
    if not text:
        return 'false' if negation else 'true'
    if negation:
        raise FlagError(f"Failed to load boolean flag '{name}' via '{negation}' with value '{text}'")
    return text


def content(flag_type, text):
    """A value may be the URL of a file, unless the flag is itself a path."""
    if flag_type == 'path' or not text.startswith('file://'):
        return text
    return values.read_file(text[len('file://'):])


def check_constraint(name, flag, value):
    constraint = flag.get('constraint')
    if constraint and not fits(constraint, flag['type'], value):
        shown = values.show(flag['type'], value)
        raise FlagError(f"Invalid value '{shown}' for --{name}: must be {constraint}")


def fits(constraint, flag_type, value):
    if constraint == 'true is rejected':
        return value is False
    if re.fullmatch(r'[a-z_]+(\|[a-z_]+)+', constraint):
        return value in constraint.split('|')
    if constraint == '<108 characters':
        return len(value) < 108
    if constraint.startswith('0%..100%'):
        return re.fullmatch(r'(100|\d{1,2})(\.\d+)?%', value) is not None
    least, most = bounds(constraint)
    return all(
        not bound or compare(value, values.parse(flag_type, bound))
        for bound, compare in ((least, lambda a, b: a >= b), (most, lambda a, b: a <= b))
    )


def bounds(constraint):
    if constraint.startswith('>='):
        return constraint[2:], ''
    if constraint.startswith('<='):
        return '', constraint[2:]
    least, _, most = constraint.partition('..')
    return least, most


def check_exclusive(table, loaded):
    for name in loaded:
        for other in table[name].get('excludes', []):
            if other in loaded:
                raise FlagError(f'Only one of `--{name}` or `--{other}` should be specified')


def defaults(flag):
    """The default in the table, parsed according to its type. Defaults that depend on the machine are determined by the
    daemon."""
    default = flag.get('default')
    if default is None or (flag['type'] == 'bool'):
        return default
    text = str(default).replace('<tmpdir>', tempfile.gettempdir())
    if text.startswith('<pkgdatadir>'):
        return text.replace('<pkgdatadir>', '/usr/share/mesos')
    if text.startswith('<pkglibexecdir>'):
        return '/usr/libexec/mesos'
    if text.startswith('/var/run/mesos '):
        return '/var/run/mesos'
    if text.startswith('linux when'):
        return default_launcher()
    return values.parse(flag['type'], text)


def default_launcher():
    try:
        with open('/proc/cgroups', encoding='utf8') as file:
            freezer = any(line.startswith('freezer\t') and line.split()[3] == '1' for line in file)
    except OSError:
        freezer = False
    return 'linux' if freezer and os.geteuid() == 0 else 'posix'


def usage(program, table, problem=''):
    lines = [f'{problem}\n'] if problem else []
    lines += [f'Usage: {program} [options]\n']
    for name, flag in sorted(table.items()):
        value = f'--[no-]{name}' if flag['type'] == 'bool' else f'--{name}=VALUE'
        default = f" (default: {flag['default']})" if 'default' in flag else ''
        lines.append(f'  {value:<60}{default}'.rstrip())
    return '\n'.join(lines) + '\n'


def seconds(flags, name):
    return units.seconds(getattr(flags, name))
