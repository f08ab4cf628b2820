"""What a monitor action of each agent costs: run by ocf.sh, where the agents are."""
import ctypes
import os
import resource
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
    _, provider, kind = name.split(":")
    path = f"{ROOT}/resource.d/{provider}/{kind}"
    quiet = [(os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)]
    pid = os.posix_spawn(path, [path, action], env, file_actions=quiet)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:  # the processes that it has left behind are ours to wait for, and to count
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        return code


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cost(name, env):
    wall, spent = time.monotonic(), cpu()
    for _ in range(RUNS):
        if act(name, "monitor", env) != 0:
            sys.exit(f"{name}: monitor failed")
    return (time.monotonic() - wall) / RUNS * 1000, (cpu() - spent) / RUNS * 1000


PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
rows = {}
for name, parameters in AGENTS.items():
    if act(name, "start", environment(name, parameters, 0)) != 0:
        sys.exit(f"{name}: start failed")
    for depth in (0, 10, 20):
        if depth == 0 or name != "ocf:pacemaker:Dummy":
            rows[name, depth] = cost(name, environment(name, parameters, depth))
    act(name, "stop", environment(name, parameters, 0))

bar = 20
print(f"{'one monitor action':32}{'wall ms':>10}{'CPU ms':>10}{'x our CPU':>12}")
for (name, depth), (wall, spent) in rows.items():
    ours = rows["ocf:tidegate:policy", depth][1]
    print(f"{name + ', depth ' + str(depth):32}{wall:10.2f}{spent:10.2f}{spent / ours:12.1f}")
ratio = rows["ocf:heartbeat:Filesystem", 0][1] / rows["ocf:tidegate:policy", 0][1]
print(f"bar: {bar}x less CPU than Filesystem: {ratio:.1f}x, {'met' if ratio >= bar else 'missed'}")
