// The book's few lines of script: light or dark, the menu on a phone, the search. The pages can be
// read without it.
(() => {
  const root = document.documentElement;
  const base = document.body.dataset.base;
  const byId = (id) => document.getElementById(id);

  // Light or dark: head.js has set what was chosen before, or what the system wants.
  const toggle = byId("scheme");
  const name = () => {
    toggle.setAttribute("aria-label", root.dataset.scheme === "dark" ? "Light page" : "Dark page");
  };
  toggle.addEventListener("click", () => {
    root.dataset.scheme = root.dataset.scheme === "dark" ? "light" : "dark";
    try { localStorage.setItem("bp-scheme", root.dataset.scheme); } catch { /* private window */ }
    name();
    dispatchEvent(new Event("bp-scheme"));
  });
  name();

  const menu = byId("menu");
  if (menu) menu.addEventListener("click", () => {
    menu.setAttribute("aria-expanded", document.body.classList.toggle("menu-open"));
  });
  const here = document.querySelector(".lessons [aria-current]");
  if (here) byId("lessons").scrollTop = here.offsetTop - 80;
  for (const link of document.querySelectorAll(".lessons ol ol a")) {
    link.addEventListener("click", () => document.body.classList.remove("menu-open"));
  }

  // Search: every word must stand somewhere in a section; words in headings count most.
  const dialog = byId("search");
  if (!dialog) return;
  const input = byId("words");
  const list = byId("found");
  const said = byId("said");
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  let wanted;
  const index = () => {
    wanted ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = base + "assets/search-index.js";
      script.onload = () => done(window.bpIndex.map(([page, anchor, lesson, heading, text]) => (
        { page, anchor, lesson, heading, text, low: plain(text), high: plain(`${heading} ${lesson}`) })));
      script.onerror = () => fail(new Error("assets/search-index.js cannot be read"));
      document.head.append(script);
    });
    return wanted;
  };
  const score = (entry, words) => {
    let total = 0;
    for (const word of words) {
      const inHeading = entry.high.includes(word);
      const count = entry.low.split(word).length - 1;
      if (!inHeading && !count) return 0;
      total += (inHeading ? 20 : 0) + Math.min(count, 5);
    }
    return total;
  };
  const snippet = (entry, words) => {
    const at = Math.min(...words.map((word) => entry.low.indexOf(word)).filter((n) => n >= 0), 1e9);
    const from = at === 1e9 ? 0 : Math.max(0, entry.text.lastIndexOf(" ", Math.max(0, at - 50)) + 1);
    const part = document.createElement("small");
    const text = (from ? "… " : "") + entry.text.slice(from, from + 150);
    const low = plain(text);
    let place = 0;
    while (place < text.length) {
      const hits = words.map((word) => [low.indexOf(word, place), word.length]).filter(([n]) => n >= 0);
      if (!hits.length || low.length !== text.length) break;
      const [start, length] = hits.sort((a, b) => a[0] - b[0])[0];
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, start + length);
      part.append(text.slice(place, start), mark);
      place = start + length;
    }
    part.append(text.slice(place));
    return part;
  };
  const look = async () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    let entries;
    try {
      entries = await index();
    } catch (error) {
      said.textContent = `The search does not work: ${error.message}.`;
      return;
    }
    const hits = words.length ? entries.map((entry) => [score(entry, words), entry])
      .filter(([points]) => points).sort((a, b) => b[0] - a[0]).slice(0, 20) : [];
    list.replaceChildren(...hits.map(([, entry]) => {
      const link = document.createElement("a");
      link.href = base + entry.page + (entry.anchor ? `#${entry.anchor}` : "");
      link.addEventListener("click", () => dialog.close());
      const title = document.createElement("b");
      title.textContent = entry.heading === entry.lesson ? entry.lesson
        : `${entry.heading} · ${entry.lesson}`;
      link.append(title, snippet(entry, words));
      const item = document.createElement("li");
      item.append(link);
      return item;
    }));
    said.textContent = !words.length ? "Type a word: slope, softmax, chain rule …"
      : hits.length ? `${hits.length} place${hits.length > 1 ? "s" : ""}` : "Nothing found.";
  };
  const open = () => { dialog.showModal(); input.select(); look(); };
  byId("open-search").addEventListener("click", open);
  input.addEventListener("input", look);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    if (event.submitter) return;  // the button closes, the Enter key goes to the first place
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(input|textarea|select)$/i.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !dialog.open) {
      event.preventDefault();
      open();
    }
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const links = [...list.querySelectorAll("a")];
    const next = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    (links[next] ?? input).focus();
  });
})();
