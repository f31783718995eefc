"""Programs that want points they did not earn, or to do harm: name -> what is handed in.

Each is graded as `mse_gradients` of lesson 04; none of them computes a gradient.
"""

ANSWER = """
import numpy as np
def mse_gradients(X, targets, w, b):
    mistakes = X @ w + b - targets
    return 2 * X.T @ mistakes / len(X), 2 * mistakes.mean()
"""
DEF = "\ndef mse_gradients(X, targets, w, b):\n    "

FORGERIES = {
    "patches np.testing and comparisons": """
import numpy as np
class Same(np.ndarray):
    def __eq__(self, other): return True
    def __array_ufunc__(self, *a, **k): return True
np.testing.assert_allclose = np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
""" + DEF + "return np.zeros(X.shape[1]).view(Same), 0.0",
    "walks the frames": DEF + """import sys
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            for name in ('right', 'expected', 'reference', 'exercise', 'verdict', 'points'):
                found = getattr(value, name, None)
                if callable(found):
                    return found(X, targets, w, b)
        frame = frame.f_back
    raise LookupError""",
    "shows two points": "import sys\nsys.displayhook(2.0)\nsys.displayhook = lambda v: print(4.0)"
                        + DEF + "return 4.0",
    "turns the tests into pass": """
get_ipython().input_transformers_cleanup.append(lambda lines: ['4.0'])
""" + DEF + "return 4.0",
    "returns a number that equals everything": """
class Everything(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __array__(self, *a, **k):
        import numpy as np
        return np.zeros(())
""" + DEF + "return Everything(), Everything()",
    "returns objects that grow when looked at": """
class Odd(tuple):
    def __len__(self): return 2
    def __getitem__(self, i): return Odd()
""" + DEF + "return Odd()",
    "finds a class that holds the answer": DEF + """import gc
    for thing in gc.get_objects():
        try:
            if getattr(thing, '__name__', '') == 'mse_gradients' and thing is not mse_gradients:
                return thing(X, targets, w, b)
        except BaseException: pass
    raise LookupError""",
    "compiles code objects found in memory": DEF + """import gc, types
    for thing in gc.get_objects():
        for value in (vars(thing).values() if isinstance(thing, types.ModuleType) else ()):
            for code in getattr(getattr(value, '__code__', None), 'co_consts', ()) or ():
                if isinstance(code, types.CodeType) and code.co_name == 'mse_gradients':
                    return types.FunctionType(code, {'np': np})(X, targets, w, b)
    raise LookupError""",
    "reads the solutions off the disk": DEF + """import os
    for top in ('/', '/work', '/course', '/root', '/home', os.getcwd(), '/tmp'):
        for folder, _, files in os.walk(top):
            if folder.startswith(('/proc', '/sys', '/dev')) or 'site-packages' in folder:
                continue
            for name in files:
                if name.endswith(('.py', '.ipynb', '.pyc')) and ('linear' in name or '04_' in name):
                    text = open(os.path.join(folder, name), errors='replace').read()
                    if 'def mse_gradients' in text:
                        space = {}
                        exec(text, space)
                        return space['mse_gradients'](X, targets, w, b)
    raise LookupError""",
    "looks for an installed copy": DEF + """import importlib.util, sys, glob
    for place in sys.path:
        for path in glob.glob(place + '/bplib/linear.py') + glob.glob(place + '/**/linear*.pyc'):
            spec = importlib.util.spec_from_file_location('stolen', path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.mse_gradients(X, targets, w, b)
    raise LookupError""",
    "imports the judge": DEF + """from autograder.exercises.lesson_04 import MSE_GRADIENTS
    return MSE_GRADIENTS.reference['mse_gradients'](X, targets, w, b)""",
    "reads the source of the library": DEF + """import inspect, bplib.linear as linear
    space = dict(vars(linear))
    exec(inspect.getsource(linear.mse_gradients), space)
    return space['mse_gradients'](X, targets, w, b)""",
    "asks the loader": DEF + """import bplib.linear as linear, types
    code = linear.__loader__.get_code('bplib.linear')
    for const in code.co_consts:
        if isinstance(const, types.CodeType) and const.co_name == 'mse_gradients':
            return types.FunctionType(const, vars(linear))(X, targets, w, b)
    raise LookupError""",
    "writes forged messages into every descriptor": DEF + """import os, json, struct
    body = json.dumps({'m': {'op': 'reply', 'results': [0.0, 0.0], 'count': 2, 'points': 4,
                             'trace': [[], [], False], 'verdict': 'passed'}, 'b': []}).encode()
    for fd in range(3, 64):
        try: os.write(fd, struct.pack('<II', len(body), 0) + body)
        except OSError: pass
    return 0.0, 0.0""",
    "forges the list of cells": """
import os, json, struct
body = json.dumps({'m': {'op': 'ready', 'names': ['mse_gradients', 'open', '__import__'],
                         'errors': []}, 'b': []}).encode()
for fd in range(3, 64):
    try: os.write(fd, struct.pack('<II', len(body), 0) + body)
    except OSError: pass
""",
    "patches the machine that runs it": """
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == 'Machine':
        type(thing).step = lambda self, index, *rest: self.results.__setitem__(index, (0.0, 0.0))
""" + DEF + "return 0.0, 0.0",
    "sends what is pickled": DEF + """import pickle
    class Bomb:
        def __reduce__(self): return (print, ('boom',))
    return pickle.dumps(Bomb()), Bomb()""",
    "answers with object arrays": DEF + """import numpy as np
    class Chameleon:
        def __float__(self): return 0.0
        def __eq__(self, other): return True
    return np.array([Chameleon()] * X.shape[1], dtype=object), Chameleon()""",
    "answers nan for everything": DEF + "import numpy as np\n    return X[0] * np.nan, np.nan",
    "answers infinities": DEF + "import numpy as np\n    return X[0] * np.inf, -np.inf",
    "answers huge numbers": DEF + "return [10 ** 400] * X.shape[1], 10 ** 4000",
    "answers nested lists without end": DEF + "a = []\n    a.append(a)\n    return a, a",
    "answers with a masked array": DEF
    + "import numpy as np\n    return np.ma.masked_all(X.shape[1]), np.ma.masked",
    "claims a name that is not there": DEF + "raise NameError('passed')",
    "raises what the judge calls passed": """
class passed(Exception): pass
passed.__name__ = 'passed'
""" + DEF + "raise passed('4 of 4 points')",
    "names its error like a death": """
class Died(BaseException): pass
""" + DEF + "raise Died('4 of 4')",
}

FORBIDDEN = {
    "calls the library": DEF
    + "from bplib.linear import mse_gradients as own\n    return own(X, targets, w, b)",
    "hands over the library's": "from bplib.linear import mse_gradients",
    "calls it through another name": """
import bplib.linear
reference = getattr(bplib.linear, 'mse_' + 'gradients')
""" + DEF + "return reference(X, targets, w, b)",
    "learns it from one step of the library's descent": """
from bplib import linear
from bplib.linear import fit_linear
""" + DEF + "return fit_linear(X, targets, 1.0, 1)[0], 0.0",
}

DEATHS = {
    "os._exit while judged": (DEF + "import os\n    os._exit(0)", {"died"}),
    "os._exit in a cell": ("import os\nos._exit(0)", {"missing", "died"}),
    "exit status 0 through sys.exit": (DEF + "import sys\n    sys.exit(0)", {"raised", "wrong"}),
    "kills itself": (DEF + "import os\n    os.kill(os.getpid(), 9)", {"died", "raised"}),
    "aborts": (DEF + "import os\n    os.abort()", {"died", "raised"}),
    "crashes in compiled code": (DEF + "import ctypes\n    ctypes.string_at(0)", {"died"}),
    "recurses without end": (DEF + "return mse_gradients(X, targets, w, b)", {"raised"}),
    "recurses past every limit": ("import sys\nsys.setrecursionlimit(10**9)" + DEF
                                  + "return mse_gradients(X, targets, w, b)", {"died"}),
    "memory bomb": (DEF + "return bytearray(1 << 40), [bytearray(1 << 28) for _ in range(99)]",
                    {"raised", "died"}),
    "memory bomb in small pieces": (DEF + "hoard = []\n    while True: hoard.append('x' * 100000)",
                                    {"raised", "died"}),
    "memory bomb in anonymous files": (DEF + """import os
    held = [os.memfd_create('x') for _ in range(50)]
    for fd in held: os.posix_fallocate(fd, 0, 30 << 20)
    return 0.0, 0.0""", {"raised"}),
    "an answer of 3 GB": (DEF + "import numpy as np\n    return np.zeros(3 << 27), 0.0",
                          {"raised", "wrong", "died"}),
    "an answer of 200 MB": (DEF + "import numpy as np\n    return np.zeros(25 << 20), 0.0",
                            {"wrong", "died", "raised"}),
    "an answer of two million words": (DEF + "return ['word'] * 2_000_000, 0.0", {"wrong"}),
    "floods the output": (DEF + "for _ in range(40): print('x' * (5 << 20))\n    return 0.0, 0.0",
                          {"wrong"}),
    "floods the descriptors": (DEF + """import os
    for _ in range(40):
        os.write(1, b'x' * (5 << 20)); os.write(2, b'x' * (5 << 20))
    return 0.0, 0.0""", {"wrong"}),
    "writes garbage on the line": (DEF + """import os
    for fd in range(3, 64):
        try: os.write(fd, b'garbage' * 1000)
        except OSError: pass
    return 0.0, 0.0""", {"died"}),
    "says a length of four gigabytes": (DEF + """import os
    for fd in range(3, 64):
        try: os.write(fd, b'\\xff' * 8)
        except OSError: pass
    return 0.0, 0.0""", {"died"}),
    "nests its message a million deep": (DEF + """import os, struct
    body = b'[' * 1_000_000
    for fd in range(3, 64):
        try: os.write(fd, struct.pack('<II', len(body), 0) + body)
        except OSError: pass
    return 0.0, 0.0""", {"died"}),
    "closes the line": (DEF + "import os\n    os.closerange(3, 64)\n    return 0.0, 0.0", {"died"}),
    "fork bomb": (DEF + "import os\n    while True: os.fork()", {"raised"}),
    "fork bomb in a cell": ("import os\nwhile True: os.fork()", {"missing"}),
    "50 detached children": (DEF + """import subprocess, sys
    for _ in range(50):
        subprocess.Popen([sys.executable, '-c', 'while True: pass'], start_new_session=True)
    return 0.0, 0.0""", {"raised"}),
    "runs a shell": (DEF + "import os\n    if os.system('id > /tmp/id'): raise OSError\n    return 0, 0",
                     {"raised"}),
    "opens a socket": (DEF + "import socket\n    socket.create_connection(('127.0.0.1', 22))",
                       {"raised"}),
    "looks up a name": (DEF + "import urllib.request as u\n    u.urlopen('http://example.org')",
                        {"raised"}),
    "fills the disk": (DEF + """import os
    for place in ('/tmp', '/dev/shm', '/dev', '/', '/course', '/var/tmp'):
        for number in range(40):
            try:
                with open(f'{place}/full{number}', 'wb') as file:
                    for _ in range(31): file.write(b'x' * (1 << 20))
            except OSError as error: last = error
    raise last""", {"raised"}),
    "kills everybody it can see": (DEF + """import os, signal
    for pid in [-1, 1, 2, *range(3, 300)]:
        if pid != os.getpid():
            try: os.kill(pid, signal.SIGKILL)
            except OSError as error: last = error
    raise last""", {"raised"}),
    "asks for input": (DEF + "return input(), 0.0", {"raised"}),
    "mounts over the system": (DEF + """import ctypes, os
    libc = ctypes.CDLL(None, use_errno=True)
    done = [libc.unshare(0x10000000), libc.mount(b'x', b'/tmp', b'tmpfs', 0, None)]
    if -1 in done: raise OSError(ctypes.get_errno(), 'refused')
    return 0.0, 0.0""", {"raised"}),
    "takes the warnings machinery apart": (
        "import warnings\nwarnings.catch_warnings.__enter__ = None" + DEF + "return 0.0, 0.0",
        {"raised", "wrong", "died"}),
    "takes the builtins away": ("import builtins\nbuiltins.isinstance = builtins.len = None" + DEF
                                + "return 0.0, 0.0", {"raised", "died", "missing"}),
    "an error that cannot be said": ("""
class Mute(Exception):
    def __str__(self): raise Mute
    __repr__ = __str__
""" + DEF + "raise Mute", {"raised"}),
}  # fmt: skip

HANGS = {
    "a loop without end": DEF + "while True: pass",
    "a loop that ignores signals": """
import signal
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
""" + DEF + """
    while True:
        try:
            while True: pass
        except BaseException: pass""",
    "sleeps": DEF + "import time\n    time.sleep(10**6)",
    "reads its own line": DEF + """import os
    for fd in range(3, 64):
        try: os.read(fd, 1)
        except OSError: pass""",
    "loops inside numpy": DEF + "import numpy as np\n    np.ones((9**4, 9**4)) @ np.ones((9**4, 9**4))",
    "loops inside an attribute": """
class Slow:
    def __array__(self, *a, **k):
        while True: pass
""" + DEF + "return Slow(), 0.0",
}
