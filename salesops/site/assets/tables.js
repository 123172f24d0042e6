// Lists that are narrowed and tables that sort; without this script they are whole lists in a sensible order.
// The address says what is shown: ?owner=idris&stage=discovery,proposal&need=late&q=text&sort=-worth
(() => {
  const list = document.querySelector("[data-facets]");
  const table = document.querySelector("table.so-sortable");
  /** Every row, taken before a search removes those that do not match. */
  const items = list ? [...list.querySelectorAll("[data-owner]:not([data-kept]), [data-relation], [data-kind]")] : [];
  const parked = [...document.querySelectorAll("[data-kept]")]; // what is parked is narrowed with the others, and not counted
  const grid =
    table && window.DataTable && table.tBodies[0].rows.length > 1
      ? new DataTable(table, {
          paging: false,
          info: false,
          order: [],
          autoWidth: false,
          searching: table.tBodies[0].rows.length > 5,
          layout: { topStart: "search", topEnd: null, bottomStart: null, bottomEnd: null },
          language: { search: "Search:", zeroRecords: "No row matches." },
        })
      : null;
  document.querySelectorAll("table.so-sortable").forEach((other) => {
    if (other !== table && window.DataTable && other.tBodies[0].rows.length > 1)
      new DataTable(other, { paging: false, info: false, order: [], autoWidth: false, searching: false });
  });
  const column = (name) => [...table.tHead.rows[0].cells].findIndex((cell) => cell.dataset.sort === name);
  const said = () => new URLSearchParams(location.search);
  const tell = (wanted, push) => {
    const text = wanted.toString().replace(/%2C/g, ",");
    if (text !== said().toString().replace(/%2C/g, ",")) history[push ? "pushState" : "replaceState"](null, "", text ? `?${text}` : location.pathname);
  };

  /** The table searched and sorted as the address says. */
  const obey = () => {
    const wanted = said(), sort = wanted.get("sort") || "", at = column(sort.replace(/^-/, ""));
    grid.search(wanted.get("q") || "");
    grid.order(at >= 0 ? [[at, sort.startsWith("-") ? "desc" : "asc"]] : []);
    grid.draw();
  };

  if (grid) {
    obey();
    grid.on("search.dt", () => {
      const now = said();
      grid.search() ? now.set("q", grid.search()) : now.delete("q");
      tell(now, false);
    });
    grid.on("order.dt", () => {
      const [first] = grid.order();
      const name = first && first[1] && table.tHead.rows[0].cells[first[0]].dataset.sort;
      const now = said();
      name ? now.set("sort", `${first[1] === "desc" ? "-" : ""}${name}`) : now.delete("sort");
      tell(now, false);
    });
    grid.on("draw.dt", () => (list && pills.length && note ? show() : foot()));
  }

  const pills = [...document.querySelectorAll("[data-facet]")];
  const known = new Set(pills.map((pill) => pill.dataset.facet).filter(Boolean));
  const narrowing = grid ? [...known, "q"] : [...known];
  const noun = items.some((item) => item.dataset.relation) ? "institution" : "deal";
  const note = document.querySelector("[data-count]");

  /** A value by which something here may be found, with a pill of its own or without. */
  const isThere = (facet, value) =>
    pills.some((pill) => pill.dataset.facet === facet && pill.dataset.value === value) ||
    items.some((item) => (item.dataset[facet] || "").split(" ").includes(value));
  const matches = (item, wanted) =>
    [...known].every((facet) => {
      const values = (wanted.get(facet) || "").split(",").filter(Boolean);
      return !values.length || values.some((value) => (item.dataset[facet] || "").split(" ").includes(value));
    });

  // ── sums of what is shown, as the server writes them: in cents, at the rates of the team ──────────────────────────────
  const rates = JSON.parse(list?.dataset.rates || "{}");
  const half = (value, by) => {
    const down = value / by, rest = (value % by) * 2n;
    return rest > by || (rest === by && down % 2n) ? down + 1n : down;
  };
  const told = (cents, currency) => {
    const [rate] = currency === rates.to ? ["1"] : rates[currency], [whole, part = ""] = rate.split(".");
    return half(cents * BigInt(whole + part), 10n ** BigInt(part.length));
  };
  const figure = (cents) => {
    const rest = String(cents % 100n).padStart(2, "0");
    return (cents / 100n).toLocaleString("en") + (rest === "00" ? "" : `.${rest}`);
  };

  function worth(shown) {
    const sums = new Map();
    for (const item of shown)
      for (const part of (item.dataset.worth || "").split(" ").filter(Boolean)) {
        const [amount, currency] = part.split(":"), [whole, cents = ""] = amount.split(".");
        sums.set(currency, (sums.get(currency) || 0n) + BigInt(whole + cents.padEnd(2, "0")));
      }
    const every = [...sums].sort(), others = every.filter(([currency]) => currency !== rates.to);
    if (!others.length || !others.every(([currency]) => rates[currency]))
      return { figure: every.map(([currency, cents]) => `${figure(rates.to ? half(cents, 100n) * 100n : cents)} ${currency}`).join(" + "), atRates: "" };
    const all = every.reduce((sum, [currency, cents]) => sum + told(cents, currency), 0n);
    return {
      figure: `${figure(half(all, 100n) * 100n)} ${rates.to}`,
      atRates: others.map(([currency, cents]) => `${figure(cents)} ${currency} at ${rates[currency][0]} (${rates[currency][1]})`).join(", "),
    };
  }

  /** A place where the server wrote of all, also of what was cut; of a part it says what is told, or what it said at first. */
  const written = new Map([...document.querySelectorAll("[data-sum], [data-shown], [data-worth-of-shown], [data-at-rates], [data-stalled]")].map((place) => [place, place.textContent]));
  const say = (place, words) => {
    if (!place) return;
    place.textContent = words ?? written.get(place);
    place.hidden = !place.textContent;
  };

  function foot() {
    const there = items.filter((item) => !item.hidden && item.isConnected), isWhole = there.length === items.length;
    for (const place of document.querySelectorAll("[data-sum]")) {
      const shown = there.filter((item) => place.closest("table").contains(item)), sum = worth(shown);
      const without = sum.figure ? shown.filter((item) => !item.dataset.worth).length : 0;
      const words = [`${shown.length} ${noun}${shown.length === 1 ? "" : "s"}`, sum.figure, sum.atRates && `of it ${sum.atRates}`, without && `${without} without an amount`];
      say(place, isWhole ? undefined : words.filter(Boolean).join(", "));
    }
    return there.length;
  }

  /** What the head of a column says of the cards that are left in it; where more deals than cards are in it, at least so many. */
  function head(column, wanted) {
    const cards = [...column.querySelectorAll(".so-card")], shown = cards.filter((card) => !card.hidden), sum = worth(shown);
    const isWhole = shown.length === cards.length, more = column.querySelector("[data-more]") ? "+" : "";
    const told = { "[data-shown]": `${shown.length}${more}`, "[data-worth-of-shown]": more ? "" : sum.figure, "[data-at-rates]": more ? "" : sum.atRates };
    for (const [name, words] of Object.entries(told)) say(column.querySelector(name), isWhole ? undefined : words);
    const stalled = shown.filter((card) => (card.dataset.need || "").split(" ").includes("stalled")).length;
    say(column.querySelector("[data-stalled]"), isWhole ? undefined : stalled ? `${stalled}${more} stalled` : "");
    for (const link of column.querySelectorAll("a[href*='?stage='], a[href$='#parked']")) narrow(link, wanted);
  }

  const led = new Map();
  /** A link to the same deals on another page, or to some of them: narrowed as they are here. */
  function narrow(link, wanted) {
    if (!led.has(link)) led.set(link, link.href);
    const address = new URL(led.get(link)), all = address.searchParams;
    for (const facet of known) if (wanted.get(facet) && !all.has(facet)) all.set(facet, wanted.get(facet));
    address.search = all.toString().replace(/%2C/g, ",");
    link.href = address.href;
  }

  function show() {
    const wanted = said();
    const unknown = [...wanted].flatMap(([facet, values]) =>
      known.has(facet) ? values.split(",").filter((value) => value && !isThere(facet, value)) : []);
    for (const facet of known) {
      const kept = (wanted.get(facet) || "").split(",").filter((value) => value && !unknown.includes(value));
      kept.length ? wanted.set(facet, kept.join(",")) : wanted.delete(facet);
    }
    for (const item of [...items, ...parked]) item.hidden = !matches(item, wanted);
    for (const pill of pills) {
      const { facet, value } = pill.dataset;
      const isOn = facet ? (wanted.get(facet) || "").split(",").includes(value) : !narrowing.some((name) => wanted.get(name));
      pill.classList.toggle("so-pill-on", isOn);
      isOn ? pill.setAttribute("aria-current", "true") : pill.removeAttribute("aria-current");
    }
    list.querySelectorAll("section").forEach((column) => head(column, wanted));
    document.querySelectorAll(".so-asof a[href*='pipeline.html'], .so-asof a[href*='board.html']").forEach((link) => narrow(link, wanted));
    const shown = foot();
    const isNarrowed = shown < items.length;
    note.hidden = !isNarrowed && !unknown.length;
    note.textContent = unknown.length ? `Nothing here is called ${unknown.join(", ")}. ` : "";
    if (!note.hidden) {
      const all = document.createElement("a");
      all.href = location.pathname;
      all.textContent = "show all";
      note.append(`${shown} of ${items.length} · `, all);
      all.addEventListener("click", go(whole));
    }
  }

  const follow = () => (grid ? obey() : show());
  const go = (change) => (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    tell(change(said()), true);
    follow();
  };
  /** Nothing that narrows; the order of the rows stays. */
  const whole = (wanted) => {
    for (const name of narrowing) wanted.delete(name);
    return wanted;
  };

  if (list && pills.length && note) {
    for (const pill of pills) {
      pill.hidden = false;
      const { facet, value } = pill.dataset;
      pill.addEventListener("click", go((wanted) => {
        if (!facet) return whole(wanted);
        const values = new Set((wanted.get(facet) || "").split(",").filter(Boolean));
        values.has(value) ? values.delete(value) : values.add(value);
        values.size ? wanted.set(facet, [...values].join(",")) : wanted.delete(facet);
        return wanted;
      }));
    }
    window.addEventListener("popstate", follow);
    show();
  }
})();
