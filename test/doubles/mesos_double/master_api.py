"""The calls of the v1 operator API that are required to launch, drain and replace."""
from . import agents as agent_list
from .build import BUILD
from .web import Reply, json_reply, text_reply


def call(master, request, redirect):
    """Handles POST /api/v1. `redirect` responds if this master does not lead."""
    body = request.json()
    kind = body['type']
    if kind in ANYWHERE:
        return typed(kind, ANYWHERE[kind](master))
    if not master.elected:
        return redirect()
    if not master.recovered:
        return text_reply('Master has not finished recovery', 503)
    if kind == 'GET_AGENTS':
        return typed(kind, {'agents': [shown(record) for record in master.agents.all()]})
    if kind == 'GET_MASTER':
        return typed(kind, {'master_info': master.info(), 'start_time': master.start_time})
    if kind in ON_AGENT:
        return on_agent(master, kind, body[kind.lower()])
    return text_reply(f'The stand-in does not know {kind}', 501)


def typed(kind, value):
    return json_reply({'type': kind, kind.lower(): value})


def on_agent(master, kind, arguments):
    agent_id = arguments['agent_id']['value']
    record = master.agents.find(agent_id)
    if not record:
        return text_reply(f'Agent {agent_id} is not registered', 404)
    ON_AGENT[kind](master, record, arguments)
    return Reply(200)


def drain(master, record, arguments):
    """No tasks run here, so an agent is drained immediately."""
    given = {key: value for key, value in arguments.items() if key != 'agent_id'}
    record.update(deactivated=True, drain={'state': 'DRAINED', 'config': given})
    if arguments.get('mark_gone'):
        master.agents.remove(record['info']['id'], 'gone')


def deactivate(_master, record, _arguments):
    record.update(deactivated=True)


def reactivate(_master, record, _arguments):
    record.update(deactivated=False, drain=None)


def mark_gone(master, record, _arguments):
    master.agents.remove(record['info']['id'], 'gone')


def shown(record):
    """An agent in the format of GET_AGENTS."""
    info = record['info']
    answer = {
        'agent_info': {
            'id': {'value': info['id']},
            'hostname': info['hostname'],
            'port': info['port'],
        },
        'pid': info['pid'],
        'active': agent_list.active(record),
        'deactivated': record['deactivated'],
        'version': info['version'],
    }
    if record['drain']:
        answer['drain_info'] = record['drain']
    return answer


ANYWHERE = {
    'GET_HEALTH': lambda master: {'healthy': True},
    'GET_VERSION': lambda master: {'version_info': BUILD},
    'GET_FLAGS': lambda master: {
        'flags': [{'name': name, 'value': value} for name, value in master.flags.shown().items()]
    },
}
ON_AGENT = {
    'DRAIN_AGENT': drain,
    'DEACTIVATE_AGENT': deactivate,
    'REACTIVATE_AGENT': reactivate,
    'MARK_AGENT_GONE': mark_gone,
}
