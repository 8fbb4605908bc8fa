"""The endpoints of an agent. Its process is slave(1), so /slave(1)/x is the same as /x."""
import time

from . import machine, metrics
from .agents import NOTHING
from .build import BUILD
from .web import Reply, json_reply, text_reply

PROCESS = '/slave(1)'


def answers(agent):
    """The function from Request to Reply for the server of an agent."""
    def answer(request):
        path = request.path[len(PROCESS):] if request.path.startswith(f'{PROCESS}/') else request.path
        return known(agent, path, request)

    return answer


def known(agent, path, request):
    if path == '/health':
        return Reply(200)
    if path == '/version':
        return json_reply(BUILD)
    if path == '/flags':
        return json_reply({'flags': agent.flags.shown()})
    if path == '/state':
        return json_reply(state(agent))
    if path == '/metrics/snapshot':
        return json_reply(metrics.snapshot(counted(agent)))
    if path in ('/containers', '/monitor/statistics'):
        return json_reply([])
    if path == '/api/v1' and request.method == 'POST':
        return call(request.json()['type'])
    return Reply(404)


def call(kind):
    if kind == 'GET_HEALTH':
        return json_reply({'type': kind, 'get_health': {'healthy': True}})
    return text_reply(f'The stand-in does not know {kind}', 501)


def state(agent):
    info = agent.info
    answer = {
        **BUILD,
        'start_time': agent.start_time,
        'id': info['id'],
        'pid': info['pid'],
        'hostname': info['hostname'],
        'capabilities': info['capabilities'],
        'resources': info['resources'],
        'reserved_resources': {},
        'unreserved_resources': info['resources'],
        'reserved_resources_full': {},
        'unreserved_resources_full': machine.full(info['resources']),
        'reserved_resources_allocated': {},
        'unreserved_resources_allocated': NOTHING,
        'resource_providers': [],
        'attributes': info['attributes'],
        'flags': agent.flags.shown(),
        'frameworks': [],
        'completed_frameworks': [],
    }
    if agent.flags.log_dir:
        answer['log_dir'] = agent.flags.log_dir
    if agent.registered:
        answer['master_hostname'] = agent.leader['hostname']
    return answer


def counted(agent):
    totals = {f'slave/{name}_total': agent.info['resources'][name] for name in ('cpus', 'mem', 'disk', 'gpus')}
    return {
        **totals,
        'slave/tasks_running': float(len(agent.tasks)),
        'slave/registered': float(agent.registered),
        'slave/uptime_secs': time.time() - agent.start_time,
        'slave/recovery_time_secs': 0.01,
    }
