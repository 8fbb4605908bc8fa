import threading

from moto.core.responses import BaseResponse

from .mend import mend

turn = threading.RLock()


@mend(BaseResponse, "_dispatch")
def answer_in_turn(original, self, *args, **kwargs):
    """AWS answers concurrent calls as if they were made one after the other; moto fails if one call changes a table
    while another iterates over it."""
    with turn:
        return original(self, *args, **kwargs)
