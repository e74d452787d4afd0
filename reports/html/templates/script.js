(() => {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const byId = (id) => document.getElementById(id);
  const words = (element) => element.textContent.toLowerCase();
  const tools = byId("tools");
  const [search, severity, area, verdict, status] = ["search", "severity", "area", "verdict", "status"].map(byId);

  const causes = all("[data-cause]").map((element) => {
    const subjects = all("[data-subject]", element).map((item) => ({ element: item, text: words(item) }));
    const head = element.querySelector("summary, .unseen-head");
    return {
      element,
      subjects,
      folded: all("details", element).map((fold) => ({ element: fold, open: fold.open })),
      head: words(subjects.length ? head : element),
      open: element.open,
    };
  });
  const crowds = all(".crowd").map((element) => ({
    element,
    open: element.open,
    people: all("[data-person]", element).map((item) => ({ element: item, text: words(item) })),
  }));

  function apply() {
    const query = search.value.trim().toLowerCase();
    let shown = 0;
    for (const cause of causes) {
      const data = cause.element.dataset;
      const wanted =
        (!severity.value || data.severity === severity.value) &&
        (!area.value || data.area.split(" ").includes(area.value)) &&
        (!verdict.value || data.verdict === verdict.value);
      const headed = !query || cause.head.includes(query);
      let found = 0;
      for (const subject of cause.subjects) {
        const hit = headed || subject.text.includes(query);
        subject.element.hidden = !hit;
        found += hit ? 1 : 0;
      }
      const visible = wanted && (headed || found > 0);
      cause.element.hidden = !visible;
      shown += visible ? 1 : 0;
      if (cause.subjects.length) {
        cause.element.open = query && !headed ? true : cause.open;
      }
      for (const fold of cause.folded) {
        const searched = query && !headed;
        fold.element.hidden = Boolean(searched) && all("[data-subject]", fold.element).every((item) => item.hidden);
        fold.element.open = searched ? true : fold.open;
      }
    }
    let people = 0;
    for (const crowd of crowds) {
      let found = 0;
      for (const person of crowd.people) {
        const hit = !query || person.text.includes(query);
        person.element.hidden = !hit;
        found += hit ? 1 : 0;
      }
      crowd.element.open = query ? found > 0 : crowd.open;
      people += found;
    }
    const filtered = query || severity.value || area.value || verdict.value;
    const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;
    status.textContent = filtered
      ? plural(shown, "cause", "causes") + (query ? `, ${plural(people, "person", "people")}` : "")
      : "";
  }

  function follow() {
    let id;
    try {
      id = decodeURIComponent(location.hash.slice(1));
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
    for (let element = target; element; element = element.parentElement) {
      if (element.tagName === "DETAILS") element.open = true;
    }
    target.scrollIntoView({ block: "start" });
    target.focus({ preventScroll: true });
  }

  tools.hidden = false;
  tools.addEventListener("input", apply);
  tools.addEventListener("submit", (event) => event.preventDefault());
  tools.addEventListener("reset", () => setTimeout(apply));
  addEventListener("hashchange", follow);
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
    if (event.key === "Escape" && document.activeElement === search && search.value) {
      search.value = "";
      apply();
    }
  });

  // Paper has no folds.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])");
    folded.forEach((element) => (element.open = true));
  });
  addEventListener("afterprint", () => folded.forEach((element) => (element.open = false)));

  follow();
})();
