"""Runs cloud-init's own modules on cloud-config, below a directory of its own, and prints what became of it.

Reads a JSON list of texts on its standard input. Only ownership is not changed: names are looked up.
"""

import json
import logging
import os
import subprocess
import sys
import tempfile

import yaml
from cloudinit import util
from cloudinit.config import cc_power_state_change, cc_runcmd, cc_write_files, cc_write_files_deferred, modules
from cloudinit.distros import debian, ug_util


class Warnings(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


class Cloud:
    """As much of cloud-init's Cloud as the modules below ask for."""

    def __init__(self, root):
        self.distro = debian.Distro("debian", DEFAULTS["system_info"], None)
        self.root = root

    def get_ipath(self, _):
        return self.root


with open("/etc/cloud/cloud.cfg", encoding="utf-8") as file:
    DEFAULTS = yaml.safe_load(file)
LOG = logging.getLogger()
util.chownbyid = lambda *_: None


def attempt(work):
    """What `work` answers, or the error with which it ends."""
    try:
        return {"answer": work(), "error": None}
    except Exception as error:
        return {"answer": None, "error": f"{type(error).__name__}: {error}"}


def files(config, cloud):
    """Each file that was written: its mode, and its bytes in hexadecimal."""
    for file in config.get("write_files", []):
        if isinstance(file, dict) and isinstance(file.get("path"), str):
            file["path"] = cloud.root + os.path.abspath(file["path"])
    early = attempt(lambda: cc_write_files.handle("write-files", config, cloud, LOG, []))
    late = attempt(lambda: cc_write_files_deferred.handle("write-files-deferred", config, cloud, LOG, []))
    found = {}
    for folder, _, names in os.walk(cloud.root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                mode = f"{os.stat(path).st_mode & 0o7777:04o}"
                found[path[len(cloud.root):]] = {"mode": mode, "hex": file.read().hex()}
    return {"files": found, "error": early["error"] or late["error"]}


def commands(config, cloud):
    """The arguments with which `systemctl` was called by the script that cloud-init makes of the commands."""
    made = attempt(lambda: cc_runcmd.handle("runcmd", config, cloud, LOG, []))
    if made["error"] or "runcmd" not in config:
        return {"started": [], "error": made["error"]}
    programs = os.path.join(cloud.root, "bin")
    os.mkdir(programs)
    calls = os.path.join(cloud.root, "calls")
    util.write_file(os.path.join(programs, "systemctl"), f'#!/bin/sh\necho "$*" >>{calls}\n', 0o755)
    try:
        subprocess.run(
            [os.path.join(cloud.root, "runcmd")],
            env={"PATH": programs + ":/usr/bin:/bin"}, timeout=1, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        pass
    return {"started": util.load_file(calls).splitlines() if os.path.exists(calls) else [], "error": None}


def module_names(config):
    """The modules of each stage, as cloud-init reads the lists."""
    stages = ["cloud_init_modules", "cloud_config_modules", "cloud_final_modules"]

    class Stages(modules.Modules):
        cfg = util.mergemanydict([config, DEFAULTS])

        def __init__(self):
            pass

    return attempt(
        lambda: {
            stage: [
                one.module.__name__.split("cc_")[-1]
                for one in Stages()._fixup_modules(Stages()._read_modules(stage))
                if set(one.module.meta["distros"]) & {"all", "debian"}
            ]
            for stage in stages
        }
    )


def judge(text):
    warnings = Warnings()
    LOG.addHandler(warnings)
    with tempfile.TemporaryDirectory() as root, tempfile.TemporaryDirectory() as other:
        cloud = Cloud(root)
        copy = lambda: yaml.safe_load(text)
        result = {
            "files": files(copy(), cloud),
            "commands": commands(copy(), Cloud(other)),
            "modules": module_names(copy()),
            "users": attempt(lambda: sorted(ug_util.normalize_users_groups(copy(), cloud.distro)[0])),
            "power": attempt(lambda: cc_power_state_change.load_power_state(copy(), cloud.distro)[0]),
        }
    LOG.removeHandler(warnings)
    return {**result, "warnings": warnings.messages}


print(json.dumps([judge(one) for one in json.load(sys.stdin)]))
