// What is text: cards, tables, maps of numbers. Texts only ever become text.

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const at = (id) => document.getElementById(id);
const header = (text, scope = "col") => element("th", { scope }, text);

// A cell with a share from 0 to 1 of colour behind its text.
function shaded(tag, text, share, attributes = {}) {
  const cell = element(tag, attributes, text);
  cell.style.setProperty("--share", share.toFixed(3));
  return cell;
}

function table(caption, titles, rows) {
  return element("table", {},
    element("caption", { class: "unseen" }, caption),
    element("thead", {}, element("tr", {}, ...titles.map((title) => header(title)))),
    element("tbody", {}, ...rows.map((cells) => element("tr", {}, ...cells))));
}

function drawCards(span) {
  const now = totalsOf(span);
  const before = spanBefore(span);
  const earlier = before && totalsOf(before);
  const card = (name, label, value, note, isShare = false) => {
    const isKnown = earlier && earlier[name] && now[name] !== null;
    const change = isKnown ? [element("dd", { class: "change" }, toldChange(now[name], earlier[name], isShare))] : [];
    return element("div", { id: `card-${name}` },
      element("dt", {}, label), element("dd", { class: "figure" }, value), ...change, element("dd", { class: "note" }, note));
  };
  at("changes-note").hidden = !earlier;
  document.querySelector(".cards").replaceChildren(
    card("attempts", words.attempts, whole.format(now.attempts), `${words.runs}: ${whole.format(now.runs)} · ${words.submits}: ${whole.format(now.submits)}`),
    card("students", words.students, whole.format(now.students), words.students_note),
    card("success", words.success, toldPercent(now.success), words.success_note, true),
    card("runsPerSubmit", words.runs_per_submit, told(now.runsPerSubmit, tenths), words.runs_per_submit_note),
    card("studentsADay", words.students_a_day, told(now.studentsADay, tenths), words.students_a_day_note));
}

function taskRows(tasks) {
  return tasks.map((task) => [
    element("th", { scope: "row" }, element("span", { class: "name" }, task.name), element("span", { class: "note" }, task.course)),
    shaded("td", toldPercent(task.success), (task.success ?? 0) / 100, { class: "bar" }),
    element("td", {}, toldPercent(task.firstTry)),
    element("td", {}, told(task.median, tenths)),
    element("td", {}, told(task.students, whole)),
    element("td", {}, whole.format(task.attempts)),
    element("td", {}, whole.format(task.submits)),
  ]);
}

function drawTasks(span) {
  const tasks = tasksOf(span);
  const titles = [words.task, words.success, words.first_try, words.median, words.students, words.attempts, words.submits];
  const shown = (rows, caption) => (rows.length ? table(caption, titles, taskRows(rows)) : element("p", {}, words.no_tasks));
  at("tasks").replaceChildren(shown(tasks.slice(0, 10), words.tasks));
  at("all-tasks").replaceChildren(shown(tasks, words.all_tasks));
  at("tasks-span").hidden = !tasks.length || Boolean(countedInSql(span));
}

function drawRetention(span) {
  const cohorts = cohortsOf(span);
  const weeks = Math.max(0, ...cohorts.map(({ active }) => active.length - 1));
  const later = Array.from({ length: weeks }, (_, n) => n + 1);
  const rows = cohorts.map(({ monday, active }) => [
    header(longDay.format(dateOf(monday)), "row"),
    element("td", {}, whole.format(active[0])),
    ...later.map((week) => {
      if (week >= active.length) return element("td");
      const share = active[week] / active[0];
      const unfinished = monday + week * 7 + 6 >= dayCount ? "…" : "";
      return shaded("td", `${whole.format(100 * share)} %${unfinished}`, share);
    }),
  ]);
  const titles = [words.cohort, words.cohort_size, ...later.map((week) => filled(words.later_week, { weeks: week }))];
  const map = rows.length ? table(words.retention, titles, rows) : element("p", {}, words.no_cohorts);
  map.className = "map";
  at("retention").replaceChildren(map);
}
