"""Runs Python statements with the program `drain` of the image as `drain`, with its files in a folder.

drain_program.py FOLDER STATEMENTS   The arguments of the program are those after the statements.
"""
import importlib.machinery
import importlib.util
import os
import sys

sys.dont_write_bytecode = True
folder, statements = sys.argv[1:3]
path = os.path.join(os.path.dirname(__file__), '../../packer/rootfs/usr/lib/mesos-bakery/drain')
loader = importlib.machinery.SourceFileLoader('drain', path)
drain = importlib.util.module_from_spec(importlib.util.spec_from_loader('drain', loader))
loader.exec_module(drain)
drain.ETC = f'{folder}/etc'
drain.FACTS = f'{folder}/facts'
sys.argv = ['drain', *sys.argv[3:]]
exec(statements)
