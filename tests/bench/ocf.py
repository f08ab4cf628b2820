"""What a monitor action of each agent costs: run by ocf.sh, where the agents are."""
import ctypes
import os
import statistics
import sys
import time

DEVICE, WHERE = sys.argv[1:3]
RUNS = 100
ROOT = "/usr/lib/ocf"
AGENTS = {
    "ocf:tidegate:policy": {
        "PolicyPath": "/usr/share/tidegate/policies/volume",
        "VolumePath": DEVICE, "MountPoint": WHERE},
    "ocf:heartbeat:Filesystem": {"device": DEVICE, "directory": WHERE, "fstype": "ext4"},
    "ocf:pacemaker:Dummy": {},
}


def environment(name, parameters, depth):
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "OCF_ROOT": ROOT, "LANG": "C",
           "OCF_RESOURCE_INSTANCE": name.split(":")[2], "OCF_RESKEY_CRM_meta_timeout": "20000",
           "OCF_RESKEY_CRM_meta_interval": "10000", "OCF_CHECK_LEVEL": str(depth),
           "OCF_RA_VERSION_MAJOR": "1", "OCF_RA_VERSION_MINOR": "1"}
    env.update({"OCF_RESKEY_" + key: value for key, value in parameters.items()})
    return env


def act(name, action, env):
    """The exit code, and the seconds of processor time of all the processes that it took."""
    _, provider, kind = name.split(":")
    path = f"{ROOT}/resource.d/{provider}/{kind}"
    quiet = [(os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)]
    pid = os.posix_spawn(path, [path, action], env, file_actions=quiet)
    code, spent = None, 0.0
    try:  # the processes that it has left behind are ours to wait for, and to count
        while True:
            ended, status, used = os.wait4(-1, 0)
            spent += used.ru_utime + used.ru_stime
            if ended == pid:
                code = os.waitstatus_to_exitcode(status)
    except ChildProcessError:
        return code, spent


def must(name, action, env):
    began = time.monotonic()
    code, spent = act(name, action, env)
    if code != 0:
        sys.exit(f"{name}: {action} failed")
    return (time.monotonic() - began) * 1000, spent * 1000


PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
for name, parameters in AGENTS.items():
    must(name, "start", environment(name, parameters, 0))
rows = {(name, depth): [] for name in AGENTS for depth in (0, 10, 20)
        if depth == 0 or name != "ocf:pacemaker:Dummy"}
# In turn, and the median of each: what else the machine does meets them all.
for _ in range(RUNS):
    for (name, depth), costs in rows.items():
        costs.append(must(name, "monitor", environment(name, AGENTS[name], depth)))
for name, parameters in reversed(AGENTS.items()):
    must(name, "stop", environment(name, parameters, 0))

bar = 20
medians = {row: [statistics.median(column) for column in zip(*costs)]
           for row, costs in rows.items()}
print(f"{'one monitor action, the median':32}{'wall ms':>10}{'CPU ms':>10}{'x our CPU':>12}")
for (name, depth), (wall, spent) in medians.items():
    ours = medians["ocf:tidegate:policy", depth][1]
    print(f"{name + ', depth ' + str(depth):32}{wall:10.2f}{spent:10.2f}{spent / ours:12.1f}")
ratio = medians["ocf:heartbeat:Filesystem", 0][1] / medians["ocf:tidegate:policy", 0][1]
print(f"bar: {bar}x less CPU than Filesystem: {ratio:.2f}x, {'met' if ratio >= bar else 'missed'}")
