"""The endpoints of a master. The paths in /double/ are the protocol between stand-ins."""
import time

from . import agents as agent_list
from . import metrics
from .agents import Refused
from .build import BUILD
from .master_api import call
from .registrar import PATH as LOG_PATH
from .web import Reply, json_reply, text_reply

LEADER_ONLY = {'/state', '/state-summary', '/slaves', '/frameworks', '/tasks', '/roles'}


def answers(master):
    """The function from Request to Reply for the server of a master."""
    def answer(request):
        if request.path.startswith(LOG_PATH):
            return json_reply(master.registrar.answer(request.path[len(LOG_PATH):], request.json()))
        if request.path.startswith('/double/'):
            return reported(master, request)
        path = short(request.path)
        if path == '/redirect':
            return redirect(master)
        if path in LEADER_ONLY:
            return led(master, path, request)
        return anywhere(master, path, request)

    return answer


def short(path):
    """/master/x is the same as /x for all endpoints of the master process."""
    return path[len('/master'):] if path.startswith('/master/') else path


def anywhere(master, path, request):
    """The endpoints of every master, leading or not."""
    if path == '/health':
        return Reply(200)
    if path == '/version':
        return json_reply(BUILD)
    if path == '/flags':
        return json_reply({'flags': master.flags.shown()})
    if path == '/metrics/snapshot':
        return json_reply(metrics.snapshot(counted(master)))
    if path == '/api/v1' and request.method == 'POST':
        return call(master, request, lambda: redirect(master, '/master/api/v1'))
    if path == '/':
        return text_reply('This is the stand-in for mesos-master. It is for tests.\n')
    return Reply(404)


def redirect(master, rest=''):
    if not master.leader:
        return text_reply('No leading master', 503)
    where = f"//{master.leader['hostname']}:{master.leader['port']}{rest}"
    return Reply(307, headers={'Location': where})


def led(master, path, request):
    """The endpoints of the leading master; the others redirect to it."""
    if not master.elected:
        query = request.target[len(request.path):]
        return redirect(master, f'/master{path}{query}')
    if path == '/state':
        return json_reply(state(master))
    if path == '/state-summary':
        return json_reply(summary(master))
    if path == '/slaves':
        return json_reply({'slaves': slaves(master), 'recovered_slaves': recovered(master)})
    if path == '/frameworks':
        return json_reply(frameworks(master))
    return json_reply({path[1:]: master.agents.tasks() if path == '/tasks' else []})


def reported(master, request):
    """An agent or a framework reports to the master that it considers the leading one."""
    if not master.elected or not master.recovered:
        return text_reply('not elected' if not master.elected else 'not recovered', 503)
    info = request.json()
    try:
        if request.path == '/double/framework':
            return json_reply({'id': master.frameworks.report(info)})
        if request.path == '/double/unregister':
            master.agents.remove(info['id'])
            return json_reply({})
        return json_reply(master.agents.report(info, info.pop('tasks')))
    except Refused as refusal:
        return text_reply(str(refusal), refusal.status)


def slaves(master):
    return [agent_list.shown(record) for record in master.agents.all()]


def recovered(master):
    return [{'id': agent_id} for agent_id in master.agents.recovered()]


def frameworks(master):
    return {'frameworks': master.frameworks.all(master.agents.tasks()), 'completed_frameworks': [], 'unregistered_frameworks': []}


def state(master):
    records = master.agents.all()
    leader = master.leader
    return {
        **BUILD,
        'start_time': master.start_time,
        'elected_time': master.elected_time,
        'id': master.id,
        'pid': f'master@{master.place.pid_address}',
        'hostname': master.place.hostname,
        'capabilities': [capability['type'] for capability in master.info()['capabilities']],
        'activated_slaves': float(sum(map(agent_list.active, records))),
        'deactivated_slaves': float(sum(not agent_list.active(record) for record in records)),
        'unreachable_slaves': float(len(master.agents.unreachable())),
        'leader': leader['pid'],
        'leader_info': {key: leader[key] for key in ('id', 'pid', 'port', 'hostname')},
        **optional(master.flags, 'cluster', 'log_dir'),
        'flags': master.flags.shown(),
        'slaves': slaves(master),
        'recovered_slaves': recovered(master),
        'orphan_tasks': [],
        **frameworks(master),
    }


def summary(master):
    of_agents = [task['slave_id'] for task in master.agents.tasks()]
    return {
        'hostname': master.place.hostname,
        **optional(master.flags, 'cluster'),
        'slaves': [{**slave, 'TASK_RUNNING': of_agents.count(slave['id'])} for slave in slaves(master)],
        'frameworks': master.frameworks.all([]),
    }


def optional(flags, *names):
    values = {name: getattr(flags, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def counted(master):
    """The metrics that show whether a cluster is healthy."""
    records = master.agents.all()
    running = [framework for framework in master.frameworks.all([]) if framework['active']]
    connected = sum(record['connected'] for record in records)
    active = sum(map(agent_list.active, records))
    totals = {
        f'master/{name}_total': float(sum(record['info']['resources'][name] for record in records))
        for name in ('cpus', 'mem', 'disk', 'gpus')
    }
    return {
        **totals,
        'master/elected': float(master.elected),
        'master/uptime_secs': time.time() - master.start_time,
        'master/slaves_connected': float(connected),
        'master/slaves_disconnected': float(len(records) - connected),
        'master/slaves_active': float(active),
        'master/slaves_inactive': float(len(records) - active),
        'master/slaves_unreachable': float(len(master.agents.unreachable())),
        'master/tasks_running': float(len(master.agents.tasks())),
        'master/frameworks_active': float(len(running)),
        'master/frameworks_connected': float(len(running)),
        'registrar/log/recovered': float(master.registrar.log_recovered),
        'registrar/log/ensemble_size': float(2 * (master.flags.quorum or 1) - 1),
    }
