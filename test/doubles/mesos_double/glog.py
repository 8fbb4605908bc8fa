"""Log lines in the format of glog, to stderr and to the files of --log_dir. `die` and `leave` end the process."""
import os
import resource
import socket
import sys
import threading
import time

files = []
lock = threading.Lock()
quiet = False


def open_files(program, log_dir, hush):
    """Starts writing <log_dir>/<program>.INFO as well. With `hush`, only warnings and errors go to stderr."""
    global quiet
    quiet = hush
    if not log_dir:
        return
    os.makedirs(log_dir, exist_ok=True)
    user = os.environ.get('USER', 'root')
    stamp = time.strftime('%Y%m%d-%H%M%S')
    name = f'{program}.{socket.gethostname()}.{user}.log.INFO.{stamp}.{os.getpid()}'
    files.append(open(os.path.join(log_dir, name), 'a', encoding='utf8', buffering=1))
    link = os.path.join(log_dir, f'{program}.INFO')
    if os.path.lexists(link):
        os.remove(link)
    os.symlink(name, link)


def write(level, place, text):
    now = time.time()
    stamp = time.strftime('%m%d %H:%M:%S', time.localtime(now))
    micros = int(now % 1 * 10**6)
    line = f'{level}{stamp}.{micros:06d} {threading.get_native_id():5d} {place}] {text}\n'
    with lock:
        for file in files:
            file.write(line)
        if level != 'I' or not quiet:
            say(line)


def say(text):
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        pass  # a closed stderr is not a reason to exit


def info(place, text):
    write('I', place, text)


def warning(place, text):
    write('W', place, text)


def leave(place, text, code=1):
    """EXIT() of stout: the process exits immediately, without cleanup."""
    write('E', place, f'EXIT with status {code}: {text}')
    os._exit(code)


def die(place, text):
    """CHECK and LOG(FATAL) of glog: SIGABRT, without a core dump."""
    write('F', place, text)
    say('*** Check failure stack trace: ***\n')
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    os.abort()


def guard_threads():
    """An uncaught exception in a thread ends the whole daemon with an error."""
    def hook(failure):
        import traceback
        say(''.join(traceback.format_exception(failure.exc_type, failure.exc_value, failure.exc_traceback)))
        die('double', f'the stand-in itself failed in {failure.thread.name}: {failure.exc_value!r}')

    threading.excepthook = hook


def start(name, target, *arguments):
    thread = threading.Thread(target=target, args=arguments, name=name, daemon=True)
    thread.start()
    return thread
