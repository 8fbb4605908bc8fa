"""Runs a Python program of the image with other values of its constants.

image_program.py PROGRAM '{"CONSTANT": "value"}' [ARGUMENT...]
"""
import json
import os
import sys

sys.dont_write_bytecode = True
program, constants = sys.argv[1:3]
path = os.path.join(os.path.dirname(__file__), '../../packer/rootfs/usr/lib/mesos-bakery', program)
with open(path, encoding='utf-8') as file:
    source = file.read()
scope = {'__name__': 'program'}
exec(compile(source, path, 'exec'), scope)
scope.update(json.loads(constants))
sys.argv = [program, *sys.argv[3:]]
start = source[source.rindex('if __name__ == "__main__":'):]
scope['__name__'] = '__main__'
exec(compile('\n' * source[:source.rindex('if __name__')].count('\n') + start, path, 'exec'), scope)
