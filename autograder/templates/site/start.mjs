// What the kernel's worker loads in place of pyodide.mjs: the same function, which moreover says how
// far it is, names the file that cannot be had, and adds the course's wheel to Pyodide's lock file.
const here = new URL(".", import.meta.url);
const listeners = new BroadcastChannel("backprop-course-runtime");
const say = (stage, more = {}) => listeners.postMessage({ stage, ...more });

/** Count what `fetch` brings, and report what it cannot bring from one of the `places`. */
function watched(fetch, total, places) {
  let loaded = 0;
  let last = 0;
  const count = (bytes) => {
    loaded += bytes;
    if (performance.now() - last > 150) {
      last = performance.now();
      say("loading", { loaded, total });
    }
  };
  return async (what, options) => {
    const url = new URL(what?.url ?? what, here).href;
    const ours = places.some((place) => url.startsWith(place));
    let answer;
    try {
      answer = await fetch(what, options);
    } catch (error) {
      if (ours) say("failed", { file: url, why: String(error?.message ?? error) });
      throw error;
    }
    if (!answer.ok && ours) say("failed", { file: url, why: `the server answers ${answer.status}` });
    if (!answer.ok || !answer.body || !ours) return answer;
    if (url.endsWith(".wasm")) {  // left as it came: the browser keeps what it compiles of it
      count(Number(answer.headers.get("content-length")));
      return answer;
    }
    const counted = answer.body.pipeThrough(new TransformStream({
      transform(chunk, out) { count(chunk.byteLength); out.enqueue(chunk); },
    }));
    const copy = new Response(counted, answer);
    Object.defineProperty(copy, "url", { value: answer.url });
    return copy;
  };
}

/** A recursion too deep for the browser ends Python for good, and its cell would seem to run for ever.
 *  Pyodide tells nobody but the console: its own handler fails on the full stack. */
function watchTheEnd() {
  const tell = console.error.bind(console);
  console.error = (...words) => {
    if (String(words[0]).includes("fatal error")) say("ended");
    tell(...words);
  };
}

export async function loadPyodide(options) {
  say("loading", { loaded: 0, total: null });
  const plan = await (await fetch(new URL("runtime.json", here))).json();
  const base = new URL(plan.base, here).href;
  self.fetch = watched(self.fetch.bind(self), plan.bytes, [base, here.href]);
  let waitsFor = base + "pyodide.mjs";
  try {
    const pyodide = await import(waitsFor);
    waitsFor = base + "pyodide-lock.json";
    const lock = await (await fetch(waitsFor)).json();
    for (const [name, about] of Object.entries(plan.packages)) {
      lock.packages[name] ??= { ...about, file_name: new URL(about.file_name, here).href };
    }
    for (const about of Object.values(plan.packages)) {
      const entry = lock.packages[about.name];
      entry.depends = entry.depends.filter((name) => name in lock.packages);
    }
    waitsFor = base + "pyodide.asm.wasm";
    const python = await pyodide.loadPyodide({
      ...options, indexURL: base, packageBaseUrl: base, lockFileContents: lock,
    });
    say("starting");
    watchTheEnd();
    return python;
  } catch (error) {
    const text = String(error?.message ?? error);
    const named = text.match(/https?:\S+/)?.[0];
    say("failed", { file: named ?? waitsFor, why: text });
    throw error;
  }
}
