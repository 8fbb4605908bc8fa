"""The metrics in /metrics/snapshot: those of the system, and those that a stand-in counts. A real daemon has 200 more."""
import os


def snapshot(counted):
    return {**system(), **counted}


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
