// The forms: what is typed becomes a list of changes. Days and money are understood as salesops/edits/spoken.py does.
(() => {
  const WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split(" ");
  const MONTHS =
    "january february march april may june july august september october november december".split(" ");
  const SIGNS = { $: ["USD", "CAD", "AUD", "NZD", "SGD", "HKD"], "€": ["EUR"], "£": ["GBP"], "¥": ["JPY", "CNY"] };
  const UNSEEN =
    /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{1fffe}\u{1ffff}\u{e0000}-\u{e007f}]|\r(?!\n)|[\u200c\u200d](?:(?<![\u0600-\u061b\u061d-\u0dff\u0f00-\u109f\u1780-\u180d\u1810-\u1cff\u2190-\u2bff\ua800-\uabff\ufb50-\ufdff\ufe0f\ufe70-\ufefc\u{11000}-\u{11fff}\u{1e900}-\u{1e95f}\u{1f000}-\u{1faff}].)|(?![\u0600-\u061b\u061d-\u0dff\u0f00-\u109f\u1780-\u180d\u1810-\u1cff\u2190-\u2bff\ua800-\uabff\ufb50-\ufdff\ufe0f\ufe70-\ufefc\u{11000}-\u{11fff}\u{1e900}-\u{1e95f}\u{1f000}-\u{1faff}]))/u;
  const MAX_TEXT = 20000, MAX_ADDRESS = 6144, DAY = 864e5, LEAP_YEAR = 2024, YOU = "salesops.you", WHY = "contract.why_different";
  const TO_COME = "a meeting to come is scheduled, and anything else is a next step";

  const TOKEN = document.querySelector("meta[name=salesops-edit]")?.content;

  class Unclear extends Error {}
  class Words { constructor(text) { this.text = text; } } // what somebody typed: always in quotes
  const unclear = (message) => { throw new Unclear(message); };
  const cut = (text) => [...text].slice(0, 60).join("");
  const title = (word) => word[0].toUpperCase() + word.slice(1);

  // ── days and money ─────────────────────────────────────────────────────────────────────────────────────────────────
  const iso = (time) => new Date(time).toISOString().slice(0, 10);
  const real = (year, month, number, must = true) => {
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, number);
    if (year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === number) return date.getTime();
    const name = MONTHS[month - 1] ? title(MONTHS[month - 1]) : `month ${month}`;
    return must ? unclear(`${number} of ${name} ${year} is not in the calendar`) : null;
  };
  const monthOf = (name) => MONTHS.findIndex((month) => month.startsWith(name)) + 1;

  function near(asked, today, due) {
    const at = ["yesterday", "today", "tomorrow"].indexOf(asked);
    if (at >= 0) return today + (at - 1) * DAY;
    const ahead = /^([+-])(\d{1,3})$/.exec(asked);
    if (ahead) return today + Number(ahead[1] + ahead[2]) * DAY;
    const name = asked.replace(/^next /, "").replace(/^last /, "").replace(/^on /, "");
    const weekday = name.length < 3 ? -1 : WEEKDAYS.findIndex((one) => one.startsWith(name));
    if (weekday < 0) return null;
    const back = (new Date(today).getUTCDay() + 6 - weekday + 7) % 7;
    if (!due) return today - (back || 7 * asked.startsWith("last ")) * DAY;
    return today + (back ? 7 - back : 7 * asked.startsWith("next ")) * DAY;
  }

  function named(asked, today, due) {
    const one = /^(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,})\.?(?:,?\s+(\d{4}))?$/.exec(asked);
    const two = one ? null : /^([a-z]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?$/.exec(asked);
    const [number, word, year] = one ? [one[1], one[2], one[3]] : two ? [two[2], two[1], two[3]] : [];
    const month = word ? monthOf(word) : 0;
    if (!month) return null;
    if (year) return real(Number(year), month, Number(number));
    const here = new Date(today).getUTCFullYear(), other = here + (due ? 1 : -1);
    for (const each of [here, other]) {
      const there = real(each, month, Number(number), each === other);
      if (there !== null && (due ? there >= today : there <= today)) return there;
    }
    return null;
  }

  function numbered(asked) {
    const exact = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(asked);
    if (exact) return real(...exact.slice(1).map(Number));
    const match = /^(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2}|\d{4}))?$/.exec(asked);
    if (!match) return null;
    const [one, other] = [Number(match[1]), Number(match[2])];
    const both = one === other ? [[one, other]] : [[one, other], [other, one]].sort((a, b) => a[0] - b[0]);
    const readings = both.filter(([month, number]) => real(LEAP_YEAR, month, number, false) !== null);
    if (!readings.length) return null;
    const shown = readings.map(([month, number]) => `${number} ${MONTHS[month - 1].slice(0, 3)}`).join(" or ");
    return unclear(`'${asked}' is ${shown}: write the month by its name`);
  }

  const asAsked = (words) => words.toLowerCase().split(/\s+/).filter(Boolean).join(" ");

  function day(words, today, due = false) {
    const asked = asAsked(words), now = Date.parse(today);
    const found = near(asked, now, due) ?? named(asked, now, due) ?? numbered(asked);
    if (found === null) unclear(`'${cut(words)}' is not a day: write thu, 3 dec, +10, or 2026-12-03`);
    const said = iso(found), year = Number(said.slice(0, 4));
    return year >= 1990 && year <= 2100 ? said : unclear(`${said} is not between 1990 and 2100: look at the year`);
  }

  function period(words, today) {
    const asked = asAsked(words);
    if (asked === "never" || asked === "open" || /^\d{4}-(?:0[1-9]|1[0-2])$/.test(asked)) return asked;
    const quarter = /^(?:q([1-4])\s*(\d{4})|(\d{4})\s*-?q([1-4]))$/.exec(asked);
    if (quarter) return `${quarter[2] || quarter[3]}Q${quarter[1] || quarter[4]}`;
    const match = /^([a-z]{3,})\.?\s+(\d{4})$/.exec(asked), month = match ? monthOf(match[1]) : 0;
    if (month) return `${match[2]}-${String(month).padStart(2, "0")}`;
    try {
      return day(words, today, true);
    } catch (fault) {
      const next = Number(today.slice(0, 4)) + 1;
      return unclear(`${fault.message}; or a month or a quarter: sep ${next}, ${next}Q1`);
    }
  }

  /** A day, a month or a quarter to come; of ``never`` and ``open`` only what may stand there. */
  const spanning = (words, today, other) => {
    const found = period(words, today), isOther = found === "never" || found === "open";
    return isOther && found !== other ? unclear(`'${cut(words)}' is not a day: write 3 dec, sep 2027 or Q3 2027${other ? `, or ${other}` : ""}`) : found;
  };

  /** The last day of a term: a day, ``open``, or so many months from its first day. */
  function lastDay(words, today, start) {
    const months = /^(\d{1,3})\s*months?$/.exec(asAsked(words));
    if (!months) return asAsked(words) === "open" ? "open" : day(words, today, true);
    if (!start) return unclear("from which day on? Say the start first, or write the last day itself");
    return iso(monthsAfter(start, Number(months[1])) - DAY);
  }

  /** The same day of a later month, or the last day of a month that is shorter. */
  function monthsAfter(start, months) {
    const [year, month, number] = start.split("-").map(Number), at = year * 12 + month - 1 + months;
    const latest = new Date(Date.UTC(Math.floor(at / 12), (at % 12) + 1, 0)).getUTCDate();
    return Date.UTC(Math.floor(at / 12), at % 12, Math.min(number, latest));
  }

  /** The length of a term in months, to the nearest; of two as near the even one. */
  function term(start, end) {
    if (!start || !end || end === "open" || end < start) return undefined;
    const over = Date.parse(end) + DAY, [year, month] = start.split("-").map(Number), after = new Date(over);
    let whole = (after.getUTCFullYear() - year) * 12 + after.getUTCMonth() + 1 - month;
    if (over < monthsAfter(start, whole)) whole -= 1;
    const last = monthsAfter(start, whole), part = (over - last) / (monthsAfter(start, whole + 1) - last);
    return whole + (part === 0.5 ? whole % 2 : Math.round(part));
  }

  /** The day with which a day, a month or a quarter begins; an open one is after every day. */
  function firstDay(said) {
    const quarter = /^(\d{4})Q([1-4])$/.exec(said);
    if (quarter) return `${quarter[1]}-${String(Number(quarter[2]) * 3 - 2).padStart(2, "0")}-01`;
    return /^\d{4}-\d\d$/.test(said) ? `${said}-01` : said;
  }

  function ungrouped(digits) {
    if (!/^(?:[0-9]+|[0-9]{1,3}([_, ])[0-9]{3}(?:\1[0-9]{3})*)$/.test(digits)) return "";
    return digits.replace(/[_, ]/g, "").replace(/^0+/, "") || "0";
  }

  function money(words, currency) {
    const asked = words.replace(/\s*(?:\/|\bper\b|\ba\b)\s*(?:months?|mo)\.?/i, "").trim();
    const match = /^([$€£¥])?\s*([0-9][0-9,_ ]*)(\.[0-9]{1,2})?\s*([A-Za-z]{3})?$/.exec(asked);
    const digits = match ? ungrouped(match[2].trim()) : "";
    const named = (sign, letters) => {
      const meant = SIGNS[sign] || [currency];
      if (letters) return letters.toUpperCase();
      if (meant.includes(currency)) return currency;
      return meant.length > 1
        ? unclear(`${sign} may be ${meant.slice(0, -1).join(", ")} or ${meant.at(-1)}: write the three letters`) : meant[0];
    };
    if (!digits) {
      const two = /^([$€£¥]?)\s*(\d{1,3})\.(\d{3})\s*([A-Za-z]{3})?$/.exec(asked), in_ = two && named(two[1], two[4]);
      const both = two ? `; it may be ${two[2]}${two[3]} ${in_} or ${two[2]}.${two[3].replace(/0$/, "")} ${in_}` : "";
      unclear(`'${cut(words)}' is not an amount: write 1450, 1450.50 or 1450 ${currency}${both}`);
    }
    const meant = SIGNS[match[1]] || [currency], code = named(match[1], match[4]);
    if (match[1] && !meant.includes(code)) unclear(`'${cut(words)}' names two currencies: ${match[1]} and ${code}`);
    const cents = (match[3] || "").slice(1).padEnd(2, "0");
    return `${digits}${cents === "00" ? "" : `.${cents}`} ${code}`;
  }

  function endingWithDay(words, today) {
    const at = words.lastIndexOf(","), text = words.slice(0, Math.max(at, 0)).trim();
    if (!text) return [words.trim(), null];
    try {
      return [text, day(words.slice(at + 1).replace(/^ by /, ""), today, true)];
    } catch (fault) {
      if (!(fault instanceof Unclear) || /^\d{1,2}[/.-]\d{1,2}(?:[/.-](?:\d{2}|\d{4}))?$/.test(words.slice(at + 1).trim())) throw fault;
      return [words.trim(), null];
    }
  }

  // ── the list, as salesops/edits/change_list.py writes it ───────────────────────────────────────────────────────────
  const ESCAPES = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r" };
  const inQuotes = (text) => `"${text.replace(/[\\"\n\t\r]/g, (one) => ESCAPES[one])}"`;
  const isPlain = (text) => /^[a-z0-9][a-z0-9_.-]*$/.test(text) && !/^(?:null|true|false|yes|no|on|off)$/.test(text);
  const scalar = (value) => (isPlain(String(value)) ? String(value) : inQuotes(String(value)));
  function written(value) {
    if (value instanceof Words) return inQuotes(value.text);
    if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
    if (value === null || typeof value !== "object") return scalar(value);
    const given = Object.entries(value).filter(([, part]) => part !== undefined);
    return `{${given.map(([key, part]) => `${scalar(key)}: ${written(part)}`).join(", ")}}`;
  }
  const asList = (changes) => `salesops: "1"\nchanges:\n${changes.map((one) => `  - ${written(one)}\n`).join("")}`;

  const slug = (words) =>
    words.normalize("NFKD").replace(/[^\0-\x7f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "").slice(0, 80).replace(/-+$/, "");
  const folded = (text) =>
    text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[-_]/g, " ").split(/\s+/).filter(Boolean).join(" ");

  // ── what is typed ──────────────────────────────────────────────────────────────────────────────────────────────────
  class Answers {
    constructor(form, facts) {
      const now = new Date();
      this.form = form;
      this.facts = facts;
      this.today = iso(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
      this.missing = [];
      this.faults = 0;
      for (const place of form.querySelectorAll("[data-says]")) place.textContent = "";
    }
    raw(name) {
      const field = this.form.elements.namedItem(name);
      return field && !field.closest("[hidden]") ? field.value : "";
    }
    says(name, words, isFault = false) {
      const place = this.form.querySelector(`[data-says="${CSS.escape(name)}"]`);
      if (place) place.textContent = words;
      place?.classList.toggle("so-fault", isFault);
      this.form.elements.namedItem(name)?.setAttribute?.("aria-invalid", String(isFault));
      if (isFault) this.faults += 1;
    }
    read(name, reads, otherwise = "") {
      const said = this.raw(name).trim() ? this.raw(name) : otherwise;
      try {
        const value = said ? reads(said) : undefined;
        this.says(name, value === undefined || value === said.trim() || value instanceof Words ? "" : this.echo(value));
        return value;
      } catch (fault) {
        if (!(fault instanceof Unclear)) throw fault;
        this.says(name, fault.message, true);
      }
    }
    echo(value) {
      const date = /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(value) : null;
      return date ? `${title(WEEKDAYS[(date.getUTCDay() + 6) % 7])} ${value}` : String(value);
    }
    words(name) {
      return this.read(name, (said) => {
        const unseen = UNSEEN.exec(said.replace(/\r\n/g, "\n"));
        if (unseen) {
          const code = unseen[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
          unclear(`U+${code} after “${[...said.slice(0, unseen.index)].slice(-20).join("")}” cannot be seen: delete it, or type that part again`);
        }
        if (["…", "...", "?"].includes(said.trim())) unclear(`'${said}' is a placeholder, not an answer`);
        if (said.length > MAX_TEXT) unclear(`${said.length} characters; the limit is ${MAX_TEXT}: link to a document`);
        return new Words(said);
      });
    }
    one(name) { return this.raw(name) || undefined; }
    every(name) {
      const boxes = [...this.form.querySelectorAll(`[name="${CSS.escape(name)}"]:checked`)];
      return boxes.filter((box) => !box.closest("[hidden]")).map((box) => box.value);
    }
    happened(name, otherwise = "") {
      return this.read(name, (said) => {
        const found = day(said, this.today);
        return found > this.today && name === "moved" ? unclear(`${found} is still to come`) : found;
      }, otherwise);
    }
    number(name) { return this.read(name, (said) => ungrouped(said.trim()) || unclear(`'${cut(said)}' is not a number`)); }
    must(value, words) {
      if (value === undefined || value === "" || value?.length === 0) this.missing.push(words);
      return value;
    }
    next(action = "next", by = "due") {
      let said = this.words(action)?.text;
      let due = this.read(by, (words) => day(words, this.today, true));
      if (said === undefined) {
        if (due) this.missing.push("what the next step is");
        return undefined;
      }
      if (!due && !this.raw(by).trim()) {
        this.read(action, (words) => {
          [said, due] = endingWithDay(words, this.today);
          return due ? due : new Words(said);
        });
        if (!due) this.missing.push("by when the next step is due");
      }
      return { action: new Words(said), due };
    }
    show(name, visible) {
      for (const part of this.form.querySelectorAll(`[data-part~="${name}"]`)) part.hidden = !visible;
    }
  }

  // ── each form: the changes, and what is said of them ───────────────────────────────────────────────────────────────
  function log(asked) {
    const { deal, who, there, member } = asked.facts;
    const kind = asked.must(asked.one("kind"), "what it was");
    for (const name of ["meeting", "call", "email"]) asked.show(name, kind === name);
    asked.show("with", kind && kind !== "note");
    const date = asked.happened("date", "today"), isToCome = date > asked.today, people = contacts(asked, member);
    const present = [...new Set([...asked.every("with"), ...people.map((one) => one.id)])];
    const change = { log: deal, date, kind };
    if (kind === "meeting") {
      change.about = asked.must(asked.one("about"), "what the meeting was about");
      change.status = asked.one("status") || (isToCome ? "scheduled" : undefined);
      asked.must(change.status, "whether it took place");
    } else if (kind === "call") {
      change.outcome = asked.must(asked.one("outcome") || (present.length ? "spoke" : undefined), "what came of the call");
    }
    if (isToCome && kind && !["scheduled", "cancelled"].includes(change.status)) asked.says("date", `${date} is still to come: ${TO_COME}`, true);
    if (present.length && kind !== "note") change.with = present;
    if (kind === "email") change.replied = asked.happened("replied");
    change.note = asked.words("note");
    if (kind === "note") asked.must(change.note, "the note");
    change.next = asked.next();
    if (change.next) change.was = there.next ? { next: asTyped(there.next) } : {};
    return { changes: [...joining(people, member?.id), change], title: `${who}: a ${kind || "…"} on ${date}` };
  }

  /** What a file says, with its texts in quotes. */
  function asTyped(value) {
    if (Array.isArray(value)) return value.map(asTyped);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, asTyped(part)]));
    }
    return typeof value === "string" && !isPlain(value) ? new Words(value) : value;
  }
  const same = (one, other) => written(asTyped(one)) === written(other instanceof Words ? asTyped(other.text) : other);

  function go(asked) {
    const { who, ways, since, parked } = asked.facts;
    const chosen = asked.must(asked.one("way"), "where it goes");
    ways.forEach((_, at) => asked.show(`way-${at}`, String(at) === chosen));
    const moved = asked.happened("moved", "today"), said = { fields: {}, entries: [], date: moved };
    if (moved < since) asked.says("moved", `${moved} is before ${since}, on which it came into this stage`, true);
    if (parked && moved > parked.since) asked.says("moved", `It is parked since ${parked.since}: resume it first`, true);
    const way = ways[chosen], open = [], signed = asked.every(`w${chosen}-waive`), waived = [];
    (way?.needs || []).forEach((need, at) => {
      const name = `w${chosen}n${at}`, isAsked = !need.offered || differs(asked.facts, said.fields, need.offered);
      asked.show(`${name}-asked`, isAsked);
      const isOpen = isAsked && !answer(asked, need, name, said);
      asked.show(`${name}-open`, isOpen);
      if (isOpen) (signed.includes(need.name) && !need.firm ? waived : open).push(need);
    });
    const once = said.fields[WHY] ? open.findIndex((need) => need.field === "contract.one_off") : -1;
    if (once >= 0) open.splice(once, 1);
    asked.show(`w${chosen}-open`, [...waived, ...open].some((need) => !need.firm));
    asked.show("sign", waived.length);
    said.fields.next = asked.next();
    const by = waived.length ? asked.must(asked.one("by"), "who signs") : "", why = asked.words("why");
    if (waived.length) asked.must(why, "why it goes without");
    if (way && !open.length) {
      for (const { name } of waived) said.entries.push(["waived", { need: name, stage: new Words(way.to), by, date: moved, why }]);
      return { changes: moves(asked, said, way.to), title: `${who}: to ${way.title} on ${moved}`, says: asked.missing.length || !moved ? "" : `To ${way.title} on ${asked.echo(moved)}.` };
    }
    const rest = kept(asked, said);
    if (way) asked.must(rest, "an answer");
    const left = `Open: ${open.map((need) => need.title).join(", ")}. It does not move yet; the answers are kept.`;
    return { changes: rest, title: `${who}: answers for ${way?.title}`, says: way ? left : "" };
  }

  /** Whether a contract, as it is said, is another than what was offered, or brings nothing. */
  function differs({ there, currency }, fields, offered) {
    const now = (name) => fields[`contract.${name}`] ?? there[`contract.${name}`];
    const amount = (name) => now(name) && money(now(name), currency), mrr = amount("mrr"), once = amount("one_off");
    const isOther = (was, is) => Boolean(was && was !== is && (mrr || once)), months = term(now("start"), now("end"));
    const isLonger = Boolean(offered.months && months && months !== offered.months);
    return /^0 /.test(mrr) || isOther(offered.mrr, mrr) || isOther(offered.one_off, once) || isLonger;
  }

  /** All that was said, and the move. */
  function moves({ facts }, said, to) {
    const [fresh, changes] = apart(facts, said), set = Object.keys(fresh).length ? fresh : undefined;
    return [...changes, { move: facts.deal, to: new Words(to), date: said.date, was: new Words(facts.stage), set }];
  }

  /** All that was said, without a move. */
  function kept({ facts }, said) {
    const [fresh, changes] = apart(facts, said);
    return [...(Object.keys(fresh).length ? [{ set: facts.deal, fields: fresh, was: {} }] : []), ...changes];
  }

  function park(asked) {
    const { deal, who } = asked.facts, since = asked.happened("moved", "today");
    const until = asked.must(asked.read("until", (said) => {
      const found = period(said, asked.today);
      if (found === "never") unclear("a deal that never comes back is lost: close it");
      return firstDay(found) <= since ? unclear(`${found} is not after ${since}, since when it waits`) : found;
    }), "when it comes back, or open");
    const why = asked.must(asked.words("why"), "what it waits for");
    const entry = { since, until: until === "open" ? undefined : until, why };
    return { changes: [{ add: deal, to: "parked", entry }], title: `${who}: parked since ${since}`, says: until ? `Parked until ${until}.` : "" };
  }

  function resume(asked) {
    const { deal, who, parked } = asked.facts, date = asked.happened("moved", "today");
    if (date < parked.since) asked.says("moved", `It is not parked on ${date}`, true);
    if (date === parked.since) asked.says("moved", `It was parked on ${date} itself: salesops undo takes that back`, true);
    const field = `parked.${parked.at}.until`, was = parked.until ? { [field]: parked.until } : {};
    const ends = parked.why === undefined
      ? { set: deal, fields: { [field]: date }, was }
      : { add: deal, to: "parked", entry: { since: parked.since, until: date, why: new Words(parked.why) } };
    return { changes: [ends, ...kept(asked, { fields: { next: asked.next() }, entries: [] })], title: `${who}: resumed on ${date}`, says: date ? `It waits until ${asked.echo(date)}.` : "" };
  }

  function renew(asked) {
    const { who, renewal, in_force: begun } = asked.facts, date = asked.happened("moved", "today");
    if (date < begun) asked.says("moved", `${date} is before ${begun}, since when the process is in force: write it with salesops renew`, true);
    return { changes: [{ ...asTyped(renewal), date, next: asked.next() }], title: `${who}: renewal of ${renewal.renews}`, says: `1 file: ${renewal.id}.` };
  }

  function reopen(asked) {
    const { who, since } = asked.facts, to = asked.must(asked.one("stage"), "in which stage it goes on");
    const date = asked.happened("moved", "today"), why = asked.must(asked.words("why"), "why it is opened again");
    if (date < since) asked.says("moved", `${date} is before ${since}, on which it was lost`, true);
    const said = { fields: { next: asked.next() }, entries: [["reopened", { date, why }]], date };
    return { changes: moves(asked, said, to || ""), title: `${who}: reopened on ${date}`, says: why && date ? `Open again on ${asked.echo(date)}.` : "" };
  }

  /** Takes what is said of a need; whether it is met now. */
  function answer(asked, need, name, said) {
    const { there, currency } = asked.facts, accepted = (value) => !need.is || need.is.includes(value);
    const put = (field, value) => {
      if (value !== undefined) said.fields[field] = value;
      return value !== undefined;
    };
    if (need.reads === "answer") {
      const status = asked.one(name), note = asked.words(`${name}-note`), evidence = asked.words(`${name}-evidence`);
      if (put(`${need.field}.status`, status)) said.fields[`${need.field}.date`] = said.date;
      put(`${need.field}.note`, note);
      put(`${need.field}.evidence`, evidence);
      const now = status || there[`${need.field}.status`];
      if ((note || evidence) && !now) asked.missing.push(`how well ${need.title} is answered`);
      const shown = (part, typed) => need.with.includes(part) && (typed || there[`${need.field}.${part}`]);
      const isShown = !need.with || shown("note", note) || shown("evidence", evidence);
      if (now && isShown && !accepted(now)) asked.says(name, `This way asks for ${need.is.join(" or ")}.`);
      return Boolean(now && accepted(now) && isShown);
    }
    if (need.reads === "choice") {
      const value = asked.one(name);
      if (value && !accepted(value)) asked.says(name, `This way asks for ${need.is.join(" or ")}.`);
      if (put(need.field, value) && need.versions) said.fields["icp.version"] = String(need.versions[value]);
      return Boolean(value) && accepted(value);
    }
    if (need.reads === "worth") {
      const mrr = asked.read(name, (words) => money(words, currency));
      put(`${need.field}.mrr`, mrr);
      put(`${need.field}.months`, asked.number(`${name}-months`));
      return mrr !== undefined;
    }
    if (need.reads === "lines") {
      const lines = (asked.words(name)?.text || "").split("\n").filter((line) => line.trim());
      const entries = lines.map((line) => (need.key ? { [need.key]: new Words(line) } : new Words(line)));
      if (there[need.field]) entries.forEach((entry) => said.entries.push([need.field, entry]));
      else if (entries.length) said.fields[need.field] = entries;
      return entries.length > 0;
    }
    if (need.reads === "learned") {
      const note = asked.words(name);
      if (note) said.entries.push(["learned", { stage: new Words(asked.facts.stage), date: said.date, note }]);
      return Boolean(note);
    }
    if (need.reads === "link") {
      const url = asked.words(name);
      if (url) said.entries.push(["links", { kind: new Words(need.kind), url }]);
      return Boolean(url);
    }
    const startOf = (need.field || "").replace(/[^.]+$/, "start");
    const reads = {
      happened: (words) => day(words, asked.today),
      due: (words) => day(words, asked.today, true),
      period: (words) => spanning(words, asked.today, ""),
      again: (words) => spanning(words, asked.today, "never"),
      end: (words) => lastDay(words, asked.today, said.fields[startOf] ?? there[startOf]),
      money: (words) => money(words, currency),
      number: (words) => ungrouped(words.trim()) || unclear(`'${cut(words)}' is not a number`),
      percent: (words) => (/^\d+%?$/.test(words.trim()) ? `${parseInt(words, 10)}%` : unclear("write it as 60%")),
    }[need.reads];
    const value = need.reads === "elsewhere" ? undefined : reads ? asked.read(name, reads) : asked.words(name);
    return put(need.field, value) && accepted(value instanceof Words ? value.text : value);
  }

  /** The fields that take the place of nothing, and the changes for all else. */
  function apart({ deal, there, loss }, { fields, entries }) {
    const fresh = {}, put = {}, was = {}, own = {};
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) continue;
      const field = name.startsWith("loss.") && loss ? `${loss}.${name.slice(5)}` : name;
      if (name.startsWith("loss.") && !loss) own[name.slice(5)] = value;
      else if (there[name] === undefined || name !== field) fresh[field] = value;
      else if (!same(there[name], value)) [put[field], was[field]] = [value, asTyped(there[name])];
    }
    const more = Object.keys(own).length ? [...entries, ["loss", own]] : entries;
    const changes = more.map(([to, entry]) => ({ add: deal, to, entry }));
    return [fresh, Object.keys(put).length ? [{ set: deal, fields: put, was }, ...changes] : changes];
  }

  /** An id that nothing has: the wanted one, else with one of these ends, else with a number. */
  const taken = ({ others, members }) => [...others, ...members.flatMap((one) => [one.id, ...one.deals.map((deal) => deal[0])])];

  function free(wanted, known, ...ends) {
    const tries = [wanted, ...ends.map((end) => `${wanted}-${end}`)];
    for (let number = 2; number < 1000; number += 1) tries.push(`${wanted}-${number}`);
    return tries.find((one) => !known.includes(one));
  }
  const isId = (text) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && !/^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/.test(text);

  function begin(asked) {
    const { members, tiers, starts, currency } = asked.facts;
    const name = asked.words("institution")?.text.trim();
    asked.must(name, "the institution");
    const member = known(name, members);
    const isNew = Boolean(name) && !member, deals = member?.deals || [], open = deals.filter((one) => one[2]);
    const won = deals.filter((one) => one[3]);
    for (const [part, visible] of [["new", isNew], ["another", open.length], ["won", won.length]]) asked.show(part, visible);
    const there = open.map(([id, , ,], at) => `${id} open in ${open[at][1]}`).join(" and ");
    if (name) asked.says("institution", isNew ? likeness(name, members) : there ? `There already, with ${there}.` : "On file.");
    if (open.length && !asked.every("another").length) asked.missing.push("whether it is another deal");

    const ids = taken(asked.facts);
    asked.show("id", false);
    const entry = isNew ? newcomer(asked, name, ids) : undefined, whose = isNew ? entry.id : member?.id;
    const people = contacts(asked, member), added = roles(people);
    const changes = entry ? [entry] : joining(people, whose);
    if (entry && added.length) entry.contacts = added;

    const tier = asked.must(asked.one("tier"), "which tier"), sold = asked.words("what");
    const type = won.length ? asked.must(asked.one("type"), "new or existing business") : "new business";
    asked.show("renews", type === "existing business" && won.length > 1);
    const renews = type !== "existing business" ? undefined : won.length === 1 ? won[0][0] : asked.must(renewed(asked, won), "which deal it renews");
    const date = asked.happened("moved", "today"), happened = asked.words("happened");
    const channel = asked.words("source"), mrr = asked.read("worth", (said) => money(said, currency));
    const months = asked.number("months");
    if (months && !mrr) asked.missing.push("worth how much a month");
    const isUsual = !sold || sold.text === tiers[tier];
    const id = whose && free(slug(`${whose} ${isUsual ? tier : sold.text}`), [...ids, whose], asked.today.slice(0, 4));
    const deal = { new: "deal", id, member: whose, title: sold || new Words(tiers[tier] || ""), tier, type, renews };
    if (channel) deal.source = { channel };
    if (mrr) deal.value = { mrr, months };
    deal.next = asked.next();
    deal.owner = asked.must(asked.one("owner"), "who leads it");
    if (deal.owner && deal.owner === asked.form.dataset.you) asked.says("owner", "As last time in this browser.");
    changes.push({ ...deal, stage: starts[type], date });
    if (happened) {
      const isMeeting = /^(?:we )?met\b/i.test(happened.text), present = people.map((one) => one.id);
      const what = isMeeting ? { kind: "meeting", about: "other", status: "held", ...(present.length ? { with: present } : {}) } : { kind: "note" };
      changes.push({ log: id, date, ...what, note: happened });
    }
    const files = changes.filter((one) => one.new).length;
    return { changes, title: `New deal: ${member?.name || name}`, says: whose ? `${files === 2 ? "2 files: the member and the deal" : "1 file: the deal"}.` : "" };
  }

  const known = (name, members) => members.find((one) => [folded(one.name), folded(one.id)].includes(folded(name || "")));
  const roles = (people) => people.filter((one) => one.role).map(({ id, role }) => ({ id, role: new Words(role) }));
  const joining = (people, member) => roles(people).map((entry) => ({ add: member, kind: "member", to: "contacts", entry }));

  /** An institution that is not on file yet, by an id that nothing has. */
  function newcomer(asked, name, ids) {
    const kind = asked.must(asked.one("kind"), "what it is");
    const country = asked.must(asked.read("country", (said) => countryOf(said, asked.facts.countries)), "its country");
    const made = slug(name).slice(0, 60).replace(/-+$/, "");
    asked.show("id", !isId(made));
    const own = isId(made) ? made : asked.must(asked.one("id"), "a short id");
    if (own && !isId(own)) asked.says("id", "small letters, digits and hyphens", true);
    const id = own && free(own, ids, ...(country ? [country.toLowerCase()] : []));
    return { new: "member", id, name: new Words(name), kind, country };
  }

  function join(asked) {
    const { members } = asked.facts, name = asked.must(asked.words("institution")?.text.trim(), "the institution");
    const there = known(name, members), entry = newcomer(asked, name || "", taken(asked.facts));
    if (name) asked.says("institution", there ? `It is on file: ${there.id}` : likeness(name, members), Boolean(there));
    const added = roles(contacts(asked));
    if (added.length) entry.contacts = added;
    return { changes: [entry], title: `New member: ${name}`, says: name && !there ? "1 file: the member." : "" };
  }

  /** What a new name comes near to: a name on file that shares a long word of it. */
  function likeness(name, members) {
    const often = /^(?:university|universite|universidad|college|institute|institut|academy|consortium)$/;
    const parts = (text) => folded(text).split(" ").filter((one) => one.length > 3 && !often.test(one));
    const alike = members.filter((one) => parts(one.name).some((word) => parts(name).includes(word)));
    return alike.length ? `New. On file already: ${alike.slice(0, 5).map((one) => one.name).join(", ")}.` : "Nothing on file is called so: new.";
  }

  function countryOf(said, countries) {
    const code = countries[folded(said)] || (/^[a-z]{2}$/i.test(said.trim()) ? said.trim().toUpperCase() : "");
    return folded(said) === "unknown" ? "unknown" : code || unclear(`'${cut(said)}': write its code, such as CA, or unknown`);
  }

  function renewed(asked, won) {
    const field = asked.form.elements.namedItem("renews"), known = won.map((one) => one[0]);
    if ([...field.options].slice(1).map((one) => one.value).join() !== known.join()) {
      field.replaceChildren(new Option(""), ...known.map((one) => new Option(one)));
    }
    return asked.one("renews");
  }

  /** Whom we know there, by id, name or role; a role that is new becomes a contact. */
  function contacts(asked, member) {
    const people = member?.people || [], found = [];
    for (const said of (asked.words("whom")?.text || "").split(",").map((part) => part.trim()).filter(Boolean)) {
      const wanted = folded(said), fits = people.filter((one) => one.some((word) => word && (folded(word) === wanted || folded(word).split(" ").some((part) => part.startsWith(wanted)))));
      const exact = fits.filter((one) => one.some((word) => folded(word) === wanted));
      const [one] = exact.length ? exact : fits;
      if (fits.length > 1 && exact.length !== 1) asked.says("whom", `'${cut(said)}' fits ${fits.length}: ${fits.map((each) => each[1] || each[2]).join(", ")}`, true);
      else if (one) found.push({ id: one[0] });
      else if (!isId(slug(said))) asked.says("whom", `'${cut(said)}' has no letter or digit to make an id from: name the role, such as dean`, true);
      else {
        const id = free(slug(said), [...people.map((each) => each[0]), ...found.map((each) => each.id)]);
        found.push({ id, role: said.length <= 3 ? said.toUpperCase() : title(said) });
      }
    }
    return found.filter((one, at) => found.findIndex((each) => each.id === one.id) === at);
  }

  const MAKES = { log, go, park, resume, renew, reopen, begin, join };

  // ── showing, copying and sending it ────────────────────────────────────────────────────────────────────────────────
  const find = (form, name) => form.querySelector(`[data-do="${name}"]`);

  function refresh(form, facts) {
    const asked = new Answers(form, facts), made = MAKES[form.dataset.form](asked);
    const isReady = !asked.faults && !asked.missing.length;
    const list = isReady ? asList(made.changes) : "";
    find(form, "list").textContent = list || "Nothing yet.";
    const left = asked.missing.length ? `Still to say: ${asked.missing.join(", ")}.` : asked.faults ? "Look at what is marked." : "";
    find(form, "state").textContent = [left, made.says].filter(Boolean).join(" ");
    find(form, "copy").disabled = !isReady;
    const send = find(form, "send");
    const pen = find(form, "write");
    pen.hidden = !TOKEN;
    pen.disabled = !isReady;
    send.hidden = Boolean(TOKEN) || !facts.issue;
    send.removeAttribute("href");
    send.setAttribute("aria-disabled", String(!isReady));
    if (isReady && facts.issue) address(form, send, facts, made, list);
    asNewFile(find(form, "file"), facts, isReady && !TOKEN ? made.changes : []);
    return { list, made };
  }

  const fenced = (list) => `\`\`\`salesops\n${list}\`\`\`\n`;

  function address(form, send, facts, made, list) {
    const asAddress = (body) => {
      const parts = { title: made.title, body, labels: "salesops" };
      return `${facts.issue}?${Object.entries(parts).map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&")}`;
    };
    const whole = asAddress(`${made.title}.\n\n${fenced(list)}`);
    const isLong = whole.length > MAX_ADDRESS;
    send.href = isLong ? asAddress("Paste the list here: it was copied.") : whole;
    send.dataset.copies = isLong ? fenced(list) : "";
    if (isLong) find(form, "state").append(" The list is long: sending copies it, and you paste it into the issue.");
  }

  /** The page on which a host takes one new file, where a list comes to no more than that, and it is short enough for a link. */
  function asNewFile(link, facts, changes) {
    const file = facts.file && alone(changes);
    link.href = file ? `${facts.file}?filename=${encodeURIComponent(file.path)}&value=${encodeURIComponent(file.text)}` : "";
    link.hidden = !file || link.href.length > MAX_ADDRESS;
  }

  /** The path and the text of the one new record that a list comes to; nothing where it comes to more. */
  function alone([first = {}, ...rest]) {
    const { new: kind, id, stage, date, ...record } = first;
    if (!kind || rest.some((one) => one.log !== id)) return undefined;
    if (stage) record.stages = [{ [stage]: date }];
    if (rest.length) record.activity = rest.map(({ log: _, ...entry }) => entry);
    const given = Object.entries(record).filter(([, value]) => value !== undefined);
    return { path: `${kind}s/${id}.yaml`, text: given.map(([key, value]) => `${key}: ${written(value)}\n`).join("") };
  }

  /** What the preview on this computer says when something is posted to it. */
  async function post(address, body) {
    try {
      const heads = { "X-Salesops-Token": TOKEN, "Content-Type": "text/plain" };
      return await (await fetch(address, { method: "POST", headers: heads, body })).json();
    } catch {
      return { lines: ["The preview does not answer: is salesops serve --edit running? Nothing is lost: copy the list."] };
    }
  }

  /** Posts it by a button, and says what came of it; also on the page that the preview then loads anew. */
  async function posted(button, part, address, body) {
    button.disabled = true; // until something is typed again, or it is done: twice is once
    delete part.dataset.typed;
    const told = await post(address, body);
    if (!told.written) part.dataset.typed = "yes";
    tell(part, told);
    keeps("sessionStorage", part.id, JSON.stringify(told));
  }

  function tell(part, { lines, address }) {
    const place = find(part, "state");
    place.textContent = lines.join("\n");
    if (!/^https?:\/\//.test(address || "")) return;
    const link = Object.assign(document.createElement("a"), { href: address, textContent: "Open it", target: "_blank", rel: "noopener noreferrer" });
    place.append(" ", link);
  }

  function toldBefore(part) {
    const told = TOKEN && keeps("sessionStorage", part.id);
    if (!told) return;
    tell(part, JSON.parse(told));
    part.closest("details")?.setAttribute("open", "");
    keeps("sessionStorage", part.id, "");
  }

  /** What this browser keeps under a name, for the visit or for longer; nothing where it may not. */
  function keeps(where, name, value) {
    try {
      if (value !== undefined) window[where].setItem(name, value);
      return window[where].getItem(name);
    } catch {
      return null;
    }
  }

  // What is typed and not written yet outlives the preview loading the page anew, which it does whenever a record is saved.
  const draft = (form) => `salesops.draft ${location.pathname} ${form.id}`;
  const inquiry = (form, { stage, ways }) => JSON.stringify(form.dataset.form === "go" ? [stage, ways] : []);

  function keepDraft(form, facts) {
    if (!form.dataset.typed) return;
    const fields = [...form.elements].filter((field) => field.name);
    const said = fields.map(({ name, type, value, checked }) => [name, value, type === "checkbox" && checked]);
    keeps("sessionStorage", draft(form), JSON.stringify([inquiry(form, facts), said]));
  }

  function takeDraft(form, facts) {
    const [of, said] = JSON.parse(keeps("sessionStorage", draft(form)) || "[]");
    keeps("sessionStorage", draft(form), "");
    if (of !== inquiry(form, facts) || performance.getEntriesByType("navigation")[0]?.type !== "reload") return;
    for (const [name, value, checked] of said) {
      const field = [...form.elements].find((one) => one.name === name && (one.type !== "checkbox" || one.value === value));
      if (field?.type === "checkbox") field.checked = checked;
      else if (field) field.value = value;
    }
    form.dataset.typed = "yes";
    form.closest("details")?.setAttribute("open", "");
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const place = document.createElement("textarea");
      place.value = text;
      document.body.append(place);
      place.select();
      document.execCommand("copy");
      place.remove();
    }
  }

  function open(form, facts) {
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const event of ["input", "change"]) {
      form.addEventListener(event, () => {
        form.dataset.typed = "yes";
        refresh(form, facts);
      });
    }
    find(form, "copy").addEventListener("click", async () => {
      await copy(refresh(form, facts).list);
      find(form, "state").textContent = "Copied.";
    });
    find(form, "write").addEventListener("click", (event) => posted(event.target, form, "/salesops/changes", refresh(form, facts).list));
    for (const field of form.querySelectorAll("[data-you]")) {
      field.addEventListener("change", () => {
        keeps("localStorage", YOU, field.value);
        delete form.dataset.you;
      });
    }
    offerYou(form);
    const send = find(form, "send");
    send.addEventListener("click", () => send.dataset.copies && copy(send.dataset.copies));
    find(form, "way").textContent = TOKEN
      ? "Write it changes the files on this computer."
      : facts.issue
      ? `Send it opens a new issue at ${new URL(facts.issue).host}, filled in; it becomes a pull request. One new record may go there as a new file, too.`
      : "Copy it, and give it to: salesops apply -";
    if (TOKEN) {
      takeDraft(form, facts);
      addEventListener("pagehide", () => keepDraft(form, facts));
    }
    refresh(form, facts);
    toldBefore(form);
  }

  /** Whoever led a deal last in this browser is offered to lead the next one, and it is said; nobody is offered as one who signs. */
  function offerYou(form) {
    const owner = form.elements.namedItem("owner"), you = keeps("localStorage", YOU);
    if (!owner || owner.value || ![...owner.options].some((one) => you && one.value === you)) return;
    owner.value = form.dataset.you = you;
  }

  /** What was written on this computer goes for review. */
  function review(template) {
    const part = template.content.firstElementChild;
    template.replaceWith(part);
    const button = find(part, "review");
    button.addEventListener("click", async () => {
      find(part, "state").textContent = "Checking and sending …";
      await posted(button, part, "/salesops/review", "");
      button.disabled = false;
    });
    toldBefore(part);
  }

  window.salesopsForms = { day, period, money, endingWithDay, slug, asList, Words, UNSEEN };
  const told = document.getElementById("so-facts");
  if (told) {
    const facts = JSON.parse(told.textContent);
    for (const form of document.querySelectorAll("form[data-form]")) open(form, facts);
    window.salesopsForms.listOf = (form) => refresh(form, facts).list;
    if (TOKEN) document.querySelectorAll("template[data-edit]").forEach(review);
    const unfold = () => document.getElementById(location.hash.slice(1))?.closest("details")?.setAttribute("open", "");
    addEventListener("hashchange", unfold);
    unfold();
  }
})();
