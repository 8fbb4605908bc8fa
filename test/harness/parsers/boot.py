"""Runs cloud-init's own modules and systemd's own parser on documents, in a container that is thrown away.

Reads a JSON list of cloud-config texts, and prints a JSON list of what went wrong with each: an empty list is a node that
has every file it was given, with an environment that systemd takes whole.
"""

import ctypes
import glob
import json
import os
import shutil
import sys
from types import SimpleNamespace

import yaml
from cloudinit import util
from cloudinit.config import cc_ntp, cc_set_passwords, cc_timezone, cc_users_groups, cc_write_files
from cloudinit.distros import debian
from cloudinit.util import shellify

CLOUD = SimpleNamespace(distro=SimpleNamespace(default_owner="root:root"))
with open("/etc/cloud/cloud.cfg", encoding="utf-8") as defaults:
    DEBIAN = SimpleNamespace(distro=debian.Distro("debian", yaml.safe_load(defaults)["system_info"], None))
ACCOUNTS = ["/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow"]
# Modules that change the machine, by the keys for which they run.
MODULES = {
    "users": cc_users_groups,
    "groups": cc_users_groups,
    "chpasswd": cc_set_passwords,
    "timezone": cc_timezone,
    "ntp": cc_ntp,
}
systemd = ctypes.CDLL(glob.glob("/usr/lib/*/systemd/libsystemd-shared-*.so")[0])
systemd.strv_env_clean_with_callback.restype = ctypes.POINTER(ctypes.c_char_p)


def environment(path):
    """What a unit with this EnvironmentFile= starts with: parsed, then cleaned of what systemd drops."""
    strings = ctypes.POINTER(ctypes.c_char_p)()
    code = systemd.load_env_file(None, path.encode(), ctypes.byref(strings))
    if code < 0:
        raise ValueError(f"{path}: systemd cannot read it: {os.strerror(-code)}")
    kept = systemd.strv_env_clean_with_callback(strings, None, None) if strings else []
    found = {}
    for string in kept:
        if string is None:
            break
        name, _, value = string.decode().partition("=")
        found[name] = value
    return found


def boot(text):
    """What goes wrong when a node boots with this text."""
    wrong = []
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return [f"cloud-init cannot read it: {error}"]
    files = config.get("write_files", [])
    for given in files:
        if os.path.lexists(given["path"]) and not os.path.isdir(given["path"]):
            os.remove(given["path"])
    attempt(wrong, "write_files", lambda: cc_write_files.handle("write_files", config, CLOUD, util.LOG, []))
    attempt(wrong, "runcmd", lambda: shellify(config.get("runcmd", [])))
    attempt(wrong, "bootcmd", lambda: shellify(config.get("bootcmd", [])))
    for key, module in MODULES.items():
        if key in config:
            attempt(wrong, key, lambda: module.handle(key, config, DEBIAN, util.LOG, []))
    for path in ACCOUNTS:
        shutil.copy2(f"{path}.mesos-bakery", path)
    for given in files:
        attempt(wrong, given["path"], lambda: inspect(given))
    return wrong


def inspect(given):
    path, content = given["path"], given.get("content", "")
    if not given.get("encoding") and not given.get("append") and util.load_file(path) != content:
        raise ValueError("is not as it was written")
    mode = given.get("permissions")
    if mode is not None and os.stat(path).st_mode & 0o7777 != (mode if isinstance(mode, int) else int(mode, 8)):
        raise ValueError(f"does not have the permissions {mode}")
    if path.startswith("/etc/mesos-bakery/") and path.endswith(".env"):
        names = [line.split("=")[0] for line in content.split("\n") if line and not line.startswith("#")]
        found = environment(path)
        if sorted(found) != sorted(names):
            raise ValueError(f"systemd drops {sorted(set(names) - set(found))}")
        for name, value in found.items():
            # MAX_ARG_STRLEN: no program starts with a longer string (execve(2)).
            if len(f"{name}={value}".encode()) >= 131072:
                raise ValueError(f"{name} is too long for execve")


def attempt(wrong, what, act):
    try:
        act()
    except BaseException as error:  # a module may raise anything, SystemExit included
        wrong.append(f"{what}: {type(error).__name__}: {error}"[:300])


for account in ACCOUNTS:
    shutil.copy2(account, f"{account}.mesos-bakery")
json.dump([boot(text) for text in json.load(sys.stdin)], sys.stdout)
