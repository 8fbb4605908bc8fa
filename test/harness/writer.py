"""Writes to ZooKeeper continuously, through whichever server responds, and reports which writes were acknowledged.

writer.py ADDRESS[,ADDRESS…]   Prints a line with the number of the node for each acknowledged write. On SIGTERM, it
reads all nodes and prints `lost N`, the number of acknowledged writes that are missing.
"""
import signal
import sys
import time

from mesos_double.zookeeper import Disconnected, Expired, Failed, NODE_EXISTS, Session

PATIENCE = 2


def attached(session, addresses):
    """The session, or a new one, with the first server that accepts it."""
    while True:
        for address in addresses:
            try:
                session.connect((address, 2181), PATIENCE)
                return session
            except Disconnected:
                time.sleep(0.05)
            except Expired:
                session = Session(10)


def write(session, number):
    try:
        session.create(f'/writes/{number}')
    except Failed as error:
        # A write whose response was lost had succeeded.
        if error.code != NODE_EXISTS:
            raise


def main():
    addresses = sys.argv[1].split(',')
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    session = attached(Session(10), addresses)
    session.make_path('/writes')
    acknowledged = []
    while not stopped:
        try:
            write(session, len(acknowledged))
            acknowledged.append(str(len(acknowledged)))
            print(f'{time.time():.3f} {acknowledged[-1]}', flush=True)
        except (Disconnected, Expired, Failed):
            session = attached(session, addresses)
    there = set(session.children('/writes'))
    print(f'lost {len([number for number in acknowledged if number not in there])}', flush=True)


main()
