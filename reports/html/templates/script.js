(() => {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);
  const words = (element) => element.textContent.toLowerCase();
  const plural = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const [tools, search, status, clear, expand, keys, keysOn] =
    ["tools", "search", "status", "clear", "expand", "keys", "keys-on"].map(byId);
  const [found, foundTitle, foundList, foundNote] = ["found", "found-title", "found-list", "found-note"].map(byId);
  const choices = ["pair", "severity", "area", "verdict"].map(byId).filter(Boolean);
  const SEVERITIES = ["low", "medium", "high", "critical"];
  const MOST_FOUND = 25;

  const causes = all("[data-cause]");
  const folds = () => all("main details").filter((fold) => fold !== keys);

  // What is searched is read when it is first searched, so that the page is there at once.
  let indexed = null;
  const index = () =>
    (indexed ??= causes.map((cause) => {
      const subjects = all("[data-subject]", cause).map((subject) => ({ element: subject, text: words(subject) }));
      // The names that a folded cause shows beforehand are its subjects': they are found, and unfolded, as these are.
      const titles = all("summary :is(.title, .rule)", cause).map(words).join(" ");
      return { subjects, folds: all("details", cause), head: subjects.length ? titles : words(cause) };
    }));
  let listed = null;
  const people = () =>
    (listed ??= all(".roster").flatMap((roster) => {
      const anchors = (text) => text.split(" ").filter(Boolean);
      const [numbered, everybody] = [anchors(roster.dataset.causes), anchors(roster.dataset.everybody)];
      return roster.textContent.split("\n").filter(Boolean).map((line) => {
        const [, initial, numbers, name] = /^(.) (\S*) (.*)$/.exec(line);
        const causes = numbers.split(",").filter(Boolean).map((number) => numbered[Number(number)]);
        return { name, text: name.toLowerCase(), initial, pair: roster.dataset, causes: causes.concat(everybody) };
      });
    }));

  const wanted = () => Object.fromEntries(choices.map((choice) => [choice.id, choice.value]));
  const query = () => search.value.trim().toLowerCase();
  const isFiltered = () => Boolean(query() || choices.some((choice) => choice.value));

  function suits(cause, { pair, severity, area, verdict }) {
    const data = cause.dataset;
    return (
      (!pair || data.pair === pair) &&
      (!severity || SEVERITIES.indexOf(data.severity) >= SEVERITIES.indexOf(severity)) &&
      (!area || data.area.split(" ").includes(area)) &&
      (!verdict || data.verdict === verdict)
    );
  }

  // Which folds were open before a search opened others.
  let before = null;
  function remember(sought) {
    if (sought && !before) before = new Map(folds().map((fold) => [fold, fold.open]));
    if (!sought && before) {
      before.forEach((open, fold) => (fold.open = open));
      before = null;
    }
  }

  function apply() {
    const sought = query();
    const want = wanted();
    remember(sought);
    let shown = 0;
    causes.forEach((cause, at) => {
      let visible = suits(cause, want);
      if (sought || indexed) {
        const { subjects, folds, head } = index()[at];
        const headed = !sought || head.includes(sought);
        let hits = 0;
        for (const subject of subjects) {
          const hit = headed || subject.text.includes(sought);
          subject.element.hidden = !hit;
          hits += hit ? 1 : 0;
        }
        visible &&= headed || hits > 0;
        for (const fold of folds) {
          const inside = headed ? [] : all("[data-subject]", fold);
          fold.hidden = !headed && (!inside.length || inside.every((subject) => subject.hidden));
          if (sought && !headed && !fold.hidden) fold.open = true;
        }
        if (sought && !headed && hits) cause.open = true;
      }
      cause.hidden = !visible;
      shown += visible ? 1 : 0;
    });
    const filtered = isFiltered();
    const empty = (part) => filtered && all("[data-cause]", part).every((cause) => cause.hidden);
    for (const part of all("[data-group], [data-filtered]")) part.hidden = empty(part);
    for (const pair of all(".details[data-pair]")) {
      // What is not a cause steps back while causes are looked for.
      for (const part of all(":scope > .overview, :scope > section:not([data-filtered])", pair)) part.hidden = filtered;
      pair.hidden = empty(pair);
    }
    clear.disabled = !filtered;
    const told = filtered ? `${shown.toLocaleString("en")} of ${plural(causes.length, "cause", "causes")} shown` : "";
    const who = showPeople(sought, want.pair);
    status.textContent = told + (sought && who !== null ? `, ${plural(who, "person", "people")} found` : "");
    relabel();
  }

  const STATES = { s: "stranded", u: "cannot be told", d: "degraded" };
  function showPeople(sought, pair) {
    if (!sought || !all(".roster").length) {
      found.hidden = true;
      return null;
    }
    const hits = people().filter((person) => person.text.includes(sought) && (!pair || person.pair.pair === pair));
    const several = all(".roster").length > 1;
    foundTitle.textContent = hits.length ? `People matching “${search.value.trim()}”` : `Nobody matches “${search.value.trim()}”`;
    foundList.replaceChildren(
      ...hits.slice(0, MOST_FOUND).map((person) => {
        const item = element("li");
        item.append(
          element("bdi", "person", person.name),
          element("span", "state", STATES[person.initial] + (several ? ` · ${person.pair.name}` : "")),
        );
        const why = element("span");
        for (const anchor of person.causes) {
          const cause = byId(anchor);
          const link = element("a", "", `${cause.querySelector(".title").textContent} ${cause.querySelector(".rule").textContent}`);
          link.href = `#${anchor}`;
          why.append(link);
        }
        item.append(why);
        return item;
      }),
    );
    const [listedCount, unready] = ["listed", "unready"].map((key) =>
      all(".roster").reduce((sum, roster) => sum + Number(roster.dataset[key]), 0),
    );
    const rest = hits.length - MOST_FOUND;
    foundNote.textContent =
      rest > 0
        ? `and ${rest.toLocaleString("en")} more: type more of the name.`
        : listedCount < unready
          ? `Searched: ${listedCount.toLocaleString("en")} of ${unready.toLocaleString("en")} people who are not ready. report.json has them all.`
          : hits.length
            ? ""
            : "Everybody who is not ready can be found here. People who are ready are not listed.";
    found.hidden = false;
    return hits.length;
  }

  let stale = false;
  function relabelSoon() {
    if (stale) return;
    stale = true;
    requestAnimationFrame(relabel);
  }

  function relabel() {
    stale = false;
    const shut = folds().some((fold) => !fold.open && !fold.hidden && !fold.closest("[hidden]"));
    expand.textContent = shut ? "Expand all" : "Fold all";
  }

  function unfoldAll() {
    const open = expand.textContent === "Expand all";
    for (const fold of folds()) fold.open = open;
    relabel();
  }

  // The address keeps what is searched for, so that it can be passed on.
  function address() {
    const parts = new URLSearchParams();
    if (search.value.trim()) parts.set("q", search.value.trim());
    for (const choice of choices) if (choice.value) parts.set(choice.id, choice.value);
    const text = parts.toString();
    history.replaceState(null, "", text ? `#?${text}` : location.pathname + location.search);
  }

  function restore(text) {
    const parts = new URLSearchParams(text);
    search.value = parts.get("q") ?? "";
    for (const choice of choices) {
      choice.value = parts.get(choice.id) ?? "";
      if (choice.selectedIndex < 0) choice.value = "";
    }
    apply();
  }

  function follow() {
    const text = location.hash.slice(1);
    if (text.startsWith("?")) return restore(text.slice(1));
    let id;
    try {
      id = decodeURIComponent(text);
    } catch {
      return;
    }
    if (!id) return;
    const target = byId(id);
    if (!target) {
      if (id.startsWith("finding-")) {
        status.textContent = "That finding is not on this page: look its fingerprint up in report.json.";
      }
      return;
    }
    if (target.closest("[hidden]")) {
      tools.reset();
      apply();
    }
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    relabel();
    target.scrollIntoView({ block: "start" });
    const focused = target.matches("details") ? target.querySelector("summary") : target;
    focused.focus({ preventScroll: true });
  }

  async function copy(link) {
    try {
      await navigator.clipboard.writeText(link.href);
      status.textContent = "The link is copied.";
    } catch {
      status.textContent = "The link is in the address bar.";
    }
  }

  function step(by) {
    const heads = causes.filter((cause) => !cause.closest("[hidden]")).map((cause) => cause.querySelector("summary"));
    if (!heads.length) return;
    const here = document.activeElement.closest?.("[data-cause]")?.querySelector("summary");
    const at = heads.indexOf(here);
    const next = heads[at < 0 ? (by > 0 ? 0 : heads.length - 1) : Math.min(Math.max(at + by, 0), heads.length - 1)];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  tools.hidden = false;
  // What a link leads to comes to stand below the bar that stays at the top, however many rows it takes.
  const makeRoom = () => {
    const stays = getComputedStyle(tools).position === "sticky";
    document.documentElement.style.scrollPaddingTop = stays ? `${tools.offsetHeight + 12}px` : "";
  };
  makeRoom();
  new ResizeObserver(makeRoom).observe(tools);
  tools.addEventListener("input", (event) => {
    if (event.target === keysOn) return;
    apply();
    address();
    // What was found stands below the tools, wherever the reader was.
    const above = tools.previousElementSibling.getBoundingClientRect().bottom;
    if (above < 0) scrollBy({ top: above, behavior: "instant" });
  });
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("reset", () => {
    const on = keysOn.checked;
    setTimeout(() => {
      keysOn.checked = on;
      apply();
      if (location.hash.startsWith("#?")) address();
    });
  });
  expand.addEventListener("click", unfoldAll);
  addEventListener("toggle", (event) => event.target !== keys && relabelSoon(), true);
  addEventListener("hashchange", follow);
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a.anchor");
    if (link) copy(link);
    if (keys.open && !keys.contains(event.target)) keys.open = false;
  });

  const ACTIONS = {
    "/": () => search.focus(),
    j: () => step(1),
    k: () => step(-1),
    e: unfoldAll,
    "?": () => {
      keys.open = !keys.open;
      if (keys.open) keys.querySelector("summary").focus();
    },
  };
  document.addEventListener("keydown", (event) => {
    const active = document.activeElement;
    if (event.key === "Escape") {
      keys.open = false;
      if (active === search && search.value) {
        event.preventDefault();
        search.value = "";
        apply();
        address();
      }
      return;
    }
    const typing = active.matches("select, textarea, input:not([type=checkbox])");
    if (typing || !keysOn.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (Object.hasOwn(ACTIONS, event.key)) {
      event.preventDefault();
      ACTIONS[event.key]();
    }
  });

  // Paper has no folds.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("main details:not([open])").filter((fold) => fold !== keys);
    folded.forEach((fold) => (fold.open = true));
  });
  addEventListener("afterprint", () => {
    folded.forEach((fold) => (fold.open = false));
    folded = [];
  });

  relabel();
  follow();
})();
