"""Imported first by our own programs, it takes seconds off their start; never by a notebook.

jsonschema, which everything of Jupyter imports, compiles some seventy grammars for international
web addresses as it is imported (its issue 1428). No schema of Jupyter asks for that format, so its
optional validator is declared absent here; jsonschema then goes on without it.

`python -m autograder.quick MODULE ...` runs another program, a server of Jupyter, in the same way.
"""

import runpy
import sys

sys.modules.setdefault("rfc3987_syntax", None)

if __name__ == "__main__":
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
