"""The names in /metrics/snapshot of a real 1.11.0. Metrics that the stand-in does not count are 0."""
import json
import os


def snapshot(daemon, counted):
    return {**dict.fromkeys(names()[daemon], 0.0), **system(), **counted}


def names():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'metrics.json'), encoding='utf8') as file:
        return json.load(file)


def system():
    one, five, fifteen = os.getloadavg()
    page = os.sysconf('SC_PAGE_SIZE')
    return {
        'system/cpus_total': float(os.cpu_count() or 1),
        'system/load_1min': one,
        'system/load_5min': five,
        'system/load_15min': fifteen,
        'system/mem_free_bytes': float(os.sysconf('SC_AVPHYS_PAGES') * page),
        'system/mem_total_bytes': float(os.sysconf('SC_PHYS_PAGES') * page),
    }
