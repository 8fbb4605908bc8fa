"""The endpoints of Marathon."""
import base64

from .marathon_flags import table
from .web import Reply, json_reply, text_reply

VERSION = '1.11.24'


def answers(marathon):
    """The function from Request to Reply for the server of Marathon."""
    def answer(request):
        if not allowed(marathon.options.http_credentials, request):
            realm = marathon.options.http_realm
            return Reply(401, headers={'WWW-Authenticate': f'Basic realm="{realm}"'})
        if (request.method, request.path) == ('PUT', '/double/tasks'):
            return run_tasks(marathon, request.json())
        return known(marathon, request.path)

    return answer


def allowed(credentials, request):
    """With --http_credentials, every path requires authentication, including /ping."""
    if not credentials:
        return True
    wanted = base64.b64encode(credentials.encode()).decode()
    return request.headers.get('Authorization') == f'Basic {wanted}'


def known(marathon, path):
    if path == '/ping':
        return text_reply('pong\n')
    if path == '/v2/leader':
        return leader(marathon)
    if path == '/v2/info':
        return json_reply(info(marathon))
    if path == '/v2/apps':
        return json_reply({'apps': []})
    if path == '/metrics':
        return json_reply({'counters': {}, 'gauges': {}, 'histograms': {}, 'meters': {}, 'timers': {}})
    return json_reply({'message': 'The stand-in does not know this path'}, 404)


def run_tasks(marathon, asked):
    """Tests ask the elected instance for tasks: how many, and how many seconds each takes to stop, at most `grace`."""
    if not marathon.elected:
        return json_reply({'message': f'The leader is {marathon.leader}'}, 409)
    seconds = {key: float(asked[key]) for key in ('stops_after', 'grace')}
    marathon.tasks = {'count': int(asked['count']), **seconds}
    return json_reply({})


def leader(marathon):
    if not marathon.leader:
        return json_reply({'message': 'There is no leader'}, 404)
    return json_reply({'leader': marathon.leader})


def info(marathon):
    return {
        'name': marathon.options.framework_name,
        'version': VERSION,
        'buildref': 'double',
        'elected': marathon.elected,
        'leader': marathon.leader,
        'frameworkId': marathon.framework_id or None,
        'marathon_config': {name: getattr(marathon.options, name) for name in shown()},
        'zookeeper_config': {'zk': marathon.options.zk, 'zk_session_timeout': marathon.options.zk_session_timeout},
        'event_subscriber': None,
        'http_config': {'http_port': marathon.options.http_port, 'https_port': marathon.options.https_port},
    }


def shown():
    return [name for name in table() if 'credential' not in name and 'secret' not in name and 'password' not in name]
