import threading

from moto.core.responses import BaseResponse

from .mend import mend

turn = threading.RLock()


@mend(BaseResponse, "_dispatch")
def answer_in_turn(original, self, *args, **kwargs):
    """AWS answers calls that come at once as if one came after the other; moto breaks when one call changes a
    table through which another goes."""
    with turn:
        return original(self, *args, **kwargs)
