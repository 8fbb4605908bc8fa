"""The resources and attributes of an agent: --resources and --attributes, and those of the machine."""
import json
import os
import re

GIB = 1024  # in MB
SCALAR = r'-?\d+(\.\d+)?'


def resources(flags):
    """Resources in the format of /state, memory and disk in MB. Raises ValueError."""
    found = {
        'cpus': float(os.cpu_count() or 1),
        'gpus': 0.0,
        'mem': spare(memory_mb(), 2, 1),
        'disk': spare(disk_mb(flags.work_dir), 10, 5),
        'ports': '[31000-32000]',
    }
    return {**found, **given(flags.resources or '')}


def given(text):
    if text.lstrip().startswith('['):
        return dict(from_json(item) for item in json.loads(text))
    pairs = [pair.strip() for pair in text.split(';') if pair.strip()]
    return dict(from_pair(pair) for pair in pairs)


def from_json(item):
    if item['type'] == 'SCALAR':
        return item['name'], float(item['scalar']['value'])
    if item['type'] == 'RANGES':
        ranges = [f"{one['begin']}-{one['end']}" for one in item['ranges']['range']]
        return item['name'], f"[{', '.join(ranges)}]"
    return item['name'], '{' + ', '.join(item['set']['item']) + '}'


def from_pair(pair):
    match = re.fullmatch(r'([^:()]+)(\([^()]+\))?\s*:\s*(.+)', pair)
    if not match:
        raise ValueError(f"Bad value for resources, missing or extra ':' in {pair}")
    name, value = match[1].strip(), match[3].strip()
    if re.fullmatch(SCALAR, value):
        return name, float(value)
    if re.fullmatch(r'\[\s*\d+-\d+(\s*,\s*\d+-\d+)*\s*\]|\{.*\}', value):
        return name, value
    raise ValueError(f"Bad type for resource {name} value {value} type TEXT")


def attributes(text):
    """Attributes in the format of /state. Raises ValueError."""
    pairs = [pair for pair in re.split('[;\n]', text or '') if pair]
    return dict(attribute(pair) for pair in pairs)


def attribute(pair):
    name, colon, value = pair.partition(':')
    if not colon or not name or not value:
        raise ValueError(f"Invalid attribute key:value pair '{pair}'")
    return name.strip(), float(value) if re.fullmatch(SCALAR, value.strip()) else value.strip()


def full(found):
    """Resources as protobuf messages in JSON."""
    return [message(name, value) for name, value in found.items() if name != 'gpus']


def message(name, value):
    if isinstance(value, float):
        return {'name': name, 'type': 'SCALAR', 'scalar': {'value': value}, 'role': '*'}
    if value.startswith('{'):
        return {'name': name, 'type': 'SET', 'set': {'item': re.findall(r'[^{},\s]+', value)}, 'role': '*'}
    ranges = [{'begin': int(begin), 'end': int(end)} for begin, end in re.findall(r'(\d+)-(\d+)', value)]
    return {'name': name, 'type': 'RANGES', 'ranges': {'range': ranges}, 'role': '*'}


def spare(total, enough_gib, kept_gib):
    """Mesos reserves a fixed amount for the system on a large machine, and half on a small one."""
    return float(total - kept_gib * GIB if total >= enough_gib * GIB else total // 2)


def memory_mb():
    return os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') // 2**20


def disk_mb(folder):
    size = os.statvfs(folder)
    return size.f_blocks * size.f_frsize // 2**20
