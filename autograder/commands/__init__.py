"""One module for each `bp` command, imported only when that command is called."""
