# The warm server: imports packages once, then forks for each run. It is the first process of its namespaces and holds
# rights over them, so it imports nothing but trusted packages and runs no program itself. Each run is a pair of
# processes: a guard, and the program as the first process of namespaces of its own, without any right.
import array
import atexit
import ctypes
import errno
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import stat
import struct
import sys
import threading
import traceback
import types

RUN = "/run/codeproof/"
NEW_NAMESPACES = 0x00020000 | 0x08000000 | 0x20000000  # mounts, IPC, processes
READ_ONLY, NO_SUID, NO_DEV, NO_EXEC, REMOUNT, BIND = 1, 2, 4, 8, 32, 4096
SET_DEATH_SIGNAL, SECCOMP, DROP_BOUNDING, NO_NEW_RIGHTS, AMBIENT, CLEAR_ALL = 1, 22, 24, 38, 47, 4
CAPSET = {"x86_64": 126, "aarch64": 91}
FUNCTION_MISSING = 38
PIDFD_OPEN = 434
CALLER_GONE = 99

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def checked(what, result):
    if result < 0:
        raise OSError(ctypes.get_errno(), what + ": " + os.strerror(ctypes.get_errno()))
    return result


def mount(place, flags, options=None):
    kind = b"tmpfs" if options else None
    data = options.encode() if options else None
    checked("mount", libc.mount(kind, place.encode(), kind, ctypes.c_ulong(flags), data))


def own_places(request, contents):
    """Gives the run a scratch folder and a folder for the program that no other run sees."""
    size = request["scratch_bytes"]
    mount("/own", NO_SUID | NO_DEV | NO_EXEC, "size=%d,nr_inodes=%d,mode=0755" % (size, size // 8192 + 64))
    for folder in ("/own/work", "/own/tmp", "/own/shm"):
        os.mkdir(folder)
    room = sum(len(content) + 4096 for content in contents) + (1 << 20)
    mount("/job", NO_SUID | NO_DEV, "size=%d,nr_inodes=4096,mode=0755" % room)
    for (place, _), content in zip(request["files"], contents):
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(content)
    mount("/job", REMOUNT | BIND | READ_ONLY | NO_SUID | NO_DEV)
    os.chdir("/own/work")


def restrict_files(rules):
    """Landlock, by hand: the interpreter is running already, so nobody else can lay it over this process."""
    version = checked("landlock", libc.syscall(ctypes.c_long(444), None, ctypes.c_size_t(0), ctypes.c_uint(1)))
    known = (1 << (13 if version < 2 else 14 if version < 3 else 15 if version < 5 else 16)) - 1
    handled = struct.pack("QQQ", known, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    handled = handled[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = checked("landlock", libc.syscall(ctypes.c_long(444), handled, ctypes.c_size_t(len(handled)), 0))
    for place, access in rules:
        try:
            beneath = os.open(place, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue  # What does not exist needs no rule.
        rule = struct.pack("=Qi", access & known, beneath)
        checked("landlock", libc.syscall(ctypes.c_long(445), ruleset, 1, rule, 0))
        os.close(beneath)
    checked("landlock", libc.syscall(ctypes.c_long(446), ruleset, 0))
    os.close(ruleset)


def give_up_rights():
    checked("ambient rights", libc.prctl(AMBIENT, CLEAR_ALL, 0, 0, 0))
    for right in range(64):
        if libc.prctl(DROP_BOUNDING, right, 0, 0, 0) < 0:
            break  # The last right of this kernel was the one before.
    header, none = struct.pack("II", 0x20080522, 0), bytes(24)
    checked("no new rights", libc.prctl(NO_NEW_RIGHTS, 1, 0, 0, 0))
    checked("capset", libc.syscall(ctypes.c_long(CAPSET[os.uname().machine]), header, none))


def limit(request):
    for name, value in request["limits"]:
        resource.setrlimit(getattr(resource, "RLIMIT_" + name), (value, value))


def filter_calls(program):
    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]

    laid = Program(len(program) // 8, program)
    checked("seccomp", libc.prctl(SECCOMP, 2, ctypes.byref(laid), 0, 0))
    # Proven, not believed: a call that is not on the list does not exist any more.
    if libc.unshare(0) != -1 or ctypes.get_errno() != FUNCTION_MISSING:
        raise OSError("the filter is not in force")


def become_program(request, contents, output, errors, setting):
    """Isolates this process; gives the program's module and code. Nothing of the server is reachable afterwards."""
    checked("death signal", libc.prctl(SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0))
    os.setsid()
    own_places(request, contents)
    os.dup2(output, 1)
    os.dup2(errors, 2)
    give_up_rights()
    for part, restrict in (
        ("landlock", lambda: restrict_files(setting["rules"])),
        ("limits", lambda: limit(request)),
        ("seccomp", lambda: filter_calls(setting["filter"])),
    ):
        try:
            restrict()
        except Exception:
            if part not in setting["weaker"]:
                raise
    os.closerange(3, 4096)


def run_program(request, contents):
    """Runs the text as `python FILE` would; its end is this process's end."""
    place = request["program"]
    sys.argv = [place] + request["arguments"]
    sys.path[:0] = [os.path.dirname(place)] + request["modules"]
    module = types.ModuleType("__main__")
    module.__file__ = place
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    content = next(content for (name, _), content in zip(request["files"], contents) if name == place)
    code = 0
    try:
        exec(compile(content, place, "exec", dont_inherit=True), module.__dict__)
    except SystemExit as left:
        code = left.code
    except BaseException as error:
        shown = error.__traceback__.tb_next if error.__traceback__ else None
        traceback.print_exception(type(error), error, shown)
        code = 1
    leave(module, code)


def leave(module, code):
    """Ends as the interpreter does, but takes only the program apart: what was imported is shared with the server, and
    touching all of it to free it costs more than most runs."""
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    module.__dict__.clear()
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # Closed, or nobody reads any more.
    os._exit((code or 0) & 255)


def number(value):
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def frame(body):
    return struct.pack("<I", len(body)) + body


def failed(why):
    """`Report::Failed` on the wire."""
    step, why = b"warm run", why.encode()
    return frame(number(1) + number(len(step)) + step + number(len(why)) + why)


def regular_file(name):
    """Opens a file of the scratch folder without following a link on the way; gives its descriptor or why not."""
    missing, no_file, too_large, unreadable = range(4)
    folder = os.open("/own/work", os.O_PATH | os.O_DIRECTORY)
    parts = [part for part in name.split("/") if part not in ("", ".")]
    for index, part in enumerate(parts):
        last = index + 1 == len(parts)
        flags = os.O_RDONLY | os.O_NONBLOCK if last else os.O_PATH | os.O_DIRECTORY
        try:
            opened = os.open(part, flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        except FileNotFoundError:
            return None, missing
        except OSError as error:
            return None, no_file if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO) else unreadable
        finally:
            os.close(folder)
        folder = opened
    if not stat.S_ISREG(os.fstat(folder).st_mode):
        os.close(folder)
        return None, no_file
    return folder, too_large


def gathered(request):
    """The collected files as `Vec<Found>` on the wire. Nobody of the run is left to change them."""
    left = request["collected_bytes"]
    parts = [number(len(request["collect"]))]
    for name in request["collect"]:
        parts += [number(len(name.encode())), name.encode()]
        descriptor, why = regular_file(name)
        content = None
        if descriptor is not None:
            with open(descriptor, "rb") as file:
                content = file.read(left + 1) if os.fstat(descriptor).st_size <= left else None
        if content is None or len(content) > left:
            parts += [number(1), number(why)]
            continue
        left -= len(content)
        parts += [number(0), number(len(content)), content]
    return b"".join(parts)


def ended(status, usage, request):
    """`Report::Ended` on the wire."""
    micros = int((usage.ru_utime + usage.ru_stime) * 1000000)
    numbers = number(status << 1) + number(micros) + number(usage.ru_maxrss * 1024)
    return frame(number(2) + numbers + gathered(request))


def write_all(descriptor, content):
    content = memoryview(content)
    while content:
        content = content[os.write(descriptor, content):]


def guard(request, contents, output, errors, report, setting):
    """Starts the program and waits for its end, or for the caller's word or end. Gives True in the program's process."""
    checked("death signal", libc.prctl(SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0))
    checked("unshare", libc.unshare(NEW_NAMESPACES))
    child = os.fork()
    if child == 0:
        try:
            become_program(request, contents, output, errors, setting)
            return True
        except BaseException as error:
            os.write(report, failed(repr(error)[:500]))
            os._exit(125)
    os.close(output)
    os.close(errors)
    process = checked("pidfd", libc.syscall(ctypes.c_long(PIDFD_OPEN), child, 0))  # Python 3.8 has no name for it.
    ready, _, _ = select.select([report, process], [], [])
    if process not in ready:
        os.kill(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    write_all(report, ended(status, usage, request))
    return False


def receive_exactly(requests, length):
    parts = []
    while length > 0:
        part = requests.recv(min(length, 1 << 20))
        if not part:
            os._exit(CALLER_GONE)
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def receive(requests):
    """One request: a length with three descriptors, a description, and the files' contents."""
    descriptors = array.array("i")
    head, ancillary, _, _ = requests.recvmsg(4, socket.CMSG_SPACE(3 * descriptors.itemsize), socket.MSG_CMSG_CLOEXEC)
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data)
    if len(head) < 4 or len(descriptors) != 3:
        os._exit(CALLER_GONE)
    request = json.loads(receive_exactly(requests, struct.unpack("<I", head)[0]))
    contents = [receive_exactly(requests, size) for _, size in request["files"]]
    return request, contents, list(descriptors)


def serve():
    """Answers requests until the caller closes; comes back in a program's process only."""
    requests = socket.socket(fileno=os.dup(1))
    with open(RUN + "filter.bin", "rb") as file:
        setting = {"filter": file.read()}
    with open(RUN + "setting.json") as file:
        setting.update(json.load(file))
    for name in setting["preload"]:
        try:
            importlib.import_module(name)
        except BaseException:
            continue  # The program's own import will say what is wrong.
    gc.collect()
    if hasattr(gc, "freeze"):
        gc.freeze()
    requests.sendall(b"r")
    while True:
        select.select([requests], [], [])
        child = os.fork()
        if child == 0:
            # The request is received here, so nothing of it stays in the server for the next run to find.
            request, contents, (output, errors, report) = receive(requests)
            try:
                if guard(request, contents, output, errors, report, setting):
                    requests.detach()
                    return request, contents
            except BaseException as error:
                os.write(report, failed(repr(error)[:500]))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != 0:
            sys.exit(0)  # The caller is gone, or a request was not read to its end.


run_program(*serve())
