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
        agents = [shown(record) for record in master.agents.all()]
        return typed(kind, {'agents': agents, 'recovered_agents': master.agents.recovered_infos()})
    if kind == 'GET_MASTER':
        return typed(kind, {'master_info': master.info(), 'start_time': master.start_time})
    if kind in ON_AGENT:
        return on_agent(master, kind, body[kind.lower()])
    return text_reply(f'The stand-in does not know {kind}', 501)


def typed(kind, value):
    return json_reply({'type': kind, kind.lower(): value})


def on_agent(master, kind, arguments):
    agent_id = arguments['agent_id']['value']
    if not master.agents.is_known(agent_id):
        return text_reply(f'Agent {agent_id} is not registered', 404)
    ON_AGENT[kind](master.agents, agent_id, arguments)
    return Reply(200)


def drain(agents, agent_id, arguments):
    agents.drain(agent_id, {key: value for key, value in arguments.items() if key != 'agent_id'})


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
    'DEACTIVATE_AGENT': lambda agents, agent_id, _: agents.deactivate(agent_id),
    'REACTIVATE_AGENT': lambda agents, agent_id, _: agents.reactivate(agent_id),
    'MARK_AGENT_GONE': lambda agents, agent_id, _: agents.remove(agent_id, 'gone'),
}
