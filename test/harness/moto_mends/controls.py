import json
from datetime import timedelta, timezone

from moto.moto_api._internal import urls
from moto.moto_api._internal.models import MotoAPIBackend

from . import clock, consoles, delays, instance_status, terminations
from .in_turn import turn
from .mend import mend


def _advance(asked):
    clock.advance(timedelta(milliseconds=asked["ms"]))


def _ended(_):
    at = terminations.ended_at
    return {one: time.replace(tzinfo=timezone.utc).timestamp() * 1000 for one, time in at.items()}


def _write(asked):
    """Sets parts of the reports, or the whole texts of consoles, by the name or ID of the instance."""
    consoles.changed_reports.update(asked.get("reports", {}))
    consoles.texts.update(asked.get("texts", {}))
    if "frozen" in asked:
        consoles.frozen = set(asked["frozen"])


def _control(run):
    def answer(request, full_url, headers):
        try:
            with turn:
                return 200, {}, json.dumps(run(json.loads(request.data or b"{}")))
        except ValueError as wrong:
            return 400, {}, str(wrong)

    return answer


# Routes for tests, in addition to those of moto.
urls.url_paths["{0}/moto-api/clock"] = _control(_advance)
urls.url_paths["{0}/moto-api/consoles"] = _control(_write)
urls.url_paths["{0}/moto-api/delays"] = _control(delays.set_delays)
urls.url_paths["{0}/moto-api/ended"] = _control(_ended)
urls.url_paths["{0}/moto-api/statuses"] = _control(instance_status.set_status)


@mend(MotoAPIBackend, "reset")
def reset_the_controls(original, self):
    clock.reset()
    consoles.changed_reports.clear()
    consoles.texts.clear()
    consoles.frozen = set()
    delays.set_delays({})
    instance_status.reset()
    terminations.ended_at.clear()
    return original(self)
