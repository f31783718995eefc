"""How `bp lab` runs JupyterLab, beside the user's own settings: quiet, and without calling home."""

import warnings
from pathlib import Path

c = get_config()  # noqa: F821

c.LabApp.news_url = None
c.LabApp.app_settings_dir = str(Path(__file__).resolve().parent / "settings")  # overrides.json
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.ServerApp.port_retries = 0  # the address was already shown
# Between server and kernel; kernels that cannot do it go on as they are.
c.KernelManager.transport_encryption = "auto"
# The notebook package looks at every setting there is, this deprecated one too.
warnings.filterwarnings("ignore", "ServerApp.token", DeprecationWarning)
