// A lesson live: looks whether this browser can, opens the notebook in the frame, says how far
// Python is, and hands out the work. When something cannot load, it says what and why.
(() => {
  const byId = (id) => document.getElementById(id);
  const frame = byId("frame");
  const slug = document.body.dataset.slug;
  const path = `${slug}/${slug}.ipynb`;
  const lite = new URL("../lite/", location.href).href;
  const shown = (url) => url.replace(lite, "lite/");
  let panel = null;
  let failed = false;
  let ready = false;

  const state = (text, share) => {
    if (failed) return;
    byId("state").textContent = text;
    const bar = byId("progress");
    bar.hidden = share === null;
    if (share >= 0) bar.value = share; else bar.removeAttribute("value");
  };
  const step = (name) => {
    const items = [...byId("steps").children];
    const at = items.findIndex((item) => item.dataset.step === name);
    items.forEach((item, n) => { item.className = n < at ? "done" : n === at ? "now" : ""; });
  };
  const fail = (sentence) => {
    if (failed) return;
    state("Not possible here", null);
    failed = true;
    document.body.classList.add("failed");
    byId("why").textContent = sentence;
    byId("trouble").hidden = false;
    byId("cover").hidden = true;
  };
  const lacking = () => {
    if (location.protocol === "file:") {
      return "This page was opened as a file, and browsers run Python only on pages that come from a "
        + "server. In the folder of this site, run: python -m http.server, and open the address it "
        + "shows.";
    }
    if (typeof WebAssembly !== "object") {
      return "This browser has no WebAssembly, or it is switched off, and Python needs it. A current "
        + "Firefox, Chrome, Edge or Safari has it.";
    }
    if (!window.Worker || !window.BroadcastChannel) {
      return "This browser cannot run programs beside a page (web workers). A current Firefox, Chrome, "
        + "Edge or Safari can.";
    }
    return null;
  };
  const storage = () => new Promise((done) => {
    try {
      const asked = indexedDB.open("bp-probe");
      asked.onsuccess = () => { asked.result.close(); indexedDB.deleteDatabase("bp-probe"); done(true); };
      asked.onerror = () => done(false);
    } catch { done(false); }
  });
  const present = async (file) => {
    try {
      const answer = await fetch(lite + file, { method: "HEAD", cache: "no-cache" });
      return answer.ok ? null : `the server answers ${answer.status}`;
    } catch (error) {
      return `the server cannot be reached (${error.message})`;
    }
  };
  const until = async (look, seconds) => {
    const end = performance.now() + 1000 * seconds;
    for (;;) {
      const found = look();
      if (found) return found;
      if (performance.now() > end || failed) return null;
      await new Promise((go) => setTimeout(go, 50));
    }
  };

  const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
  const stages = {
    loading({ loaded, total }) {
      step("python");
      const of = total ? ` of ${megabytes(total)}` : "";
      state(loaded ? `Downloading Python: ${megabytes(loaded)}${of} MB` : "Downloading Python",
            total ? Math.min(1, loaded / total) : undefined);
    },
    starting() { step("start"); state("Starting Python"); },
    failed({ file, why }) {
      fail(`Python could not be loaded: ${shown(file)} is missing or cannot be read (${why}).`);
    },
  };
  if (window.BroadcastChannel) {
    new BroadcastChannel("backprop-course-runtime").onmessage = ({ data }) => {
      if (data.stage === "ended") whenItEnded();
      else if (!ready) stages[data.stage]?.(data);
    };
  }

  const scheme = () => {
    const dark = document.documentElement.dataset.scheme === "dark";
    frame.contentWindow.jupyterapp?.commands.execute("apputils:change-theme", {
      theme: dark ? "JupyterLab Dark" : "JupyterLab Light" });
  };

  // Another lesson's Python may be the one that ended, so ours is asked.
  const whenItEnded = async () => {
    await save();
    const kernel = panel?.sessionContext.session?.kernel;
    const answer = kernel?.requestExecute({ code: "", silent: true, store_history: false }).done;
    const answered = await Promise.race([
      answer?.then(() => true, () => false), new Promise((go) => setTimeout(go, 3000, false))]);
    if (answered) return;
    document.body.classList.add("ended");
    state("Python broke down and has to be loaded again: reload this page. What you wrote is kept", null);
  };

  // Python is there when it has answered; what it imports on the way, the first cell need not.
  const whenPythonAnswers = async () => {
    ready = false;
    document.body.classList.remove("ready", "ended");
    await panel.sessionContext.ready;
    const kernel = panel.sessionContext.session.kernel;
    const answer = await kernel.requestExecute({
      code: "import autograder, bplib.play", silent: true, store_history: false, stop_on_error: false,
    }).done;
    if (answer.content.status !== "ok") {
      return fail(`Python runs, but the course cannot be imported: ${answer.content.ename}: `
        + `${answer.content.evalue}.`);
    }
    ready = true;
    document.body.classList.add("ready");
    state(await storage() ? "Ready. What you write is kept in this browser"
                          : "Ready, but this browser keeps nothing: download your work before you leave",
          null);
  };
  const save = () => (panel?.context.model.dirty ? panel.context.save() : Promise.resolve());
  const watch = () => {
    panel.sessionContext.statusChanged.connect((_, status) => {
      if (status !== "restarting" && status !== "autorestarting") return;
      state("Starting Python again");
      whenPythonAnswers();
    });
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
    byId("download").disabled = false;
    byId("download").addEventListener("click", async () => {
      await save();
      const text = JSON.stringify(panel.context.model.toJSON(), null, 1) + "\n";
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
      link.download = `${slug}.ipynb`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
    byId("again").hidden = false;
    byId("again").addEventListener("click", async () => {
      if (!confirm("Throw away what you wrote in this lesson, and begin with a fresh one?")) return;
      const app = frame.contentWindow.jupyterapp;
      panel.context.model.dirty = false;
      await app.serviceManager.contents.delete(path);
      location.reload();
    });
  };

  const open = async () => {
    step("browser");
    const reason = lacking();
    if (reason) return fail(reason);
    for (const file of ["notebooks/index.html", "runtime/start.mjs", "runtime/runtime.json"]) {
      const why = await present(file);
      if (why) return fail(`lite/${file} cannot be read: ${why}. Was the whole site put on the server?`);
    }
    step("notebook");
    state("Opening the notebook");
    frame.hidden = false;
    frame.src = `${lite}notebooks/index.html?path=${encodeURIComponent(path)}`;
    const app = await until(() => frame.contentWindow?.jupyterapp, 120);
    if (!app) return fail("JupyterLite does not start: a part of lite/ is missing, or the connection "
                          + "is very slow. Reload the page to try again.");
    await app.restored;
    panel = await until(() => app.shell.currentWidget?.context && app.shell.currentWidget, 60);
    if (!panel) return fail(`The notebook ${path} could not be opened.`);
    await panel.context.ready;
    byId("cover").hidden = true;
    scheme();
    addEventListener("bp-scheme", scheme);
    state("The notebook is open. Python is on its way");
    watch();
    await whenPythonAnswers();
    if (!navigator.serviceWorker && ready) {
      state("Ready. Without a service worker (no https) the map of your progress stays empty", null);
    }
  };
  open().catch((error) => fail(`The lesson could not be opened: ${error?.message ?? error}.`));
})();
