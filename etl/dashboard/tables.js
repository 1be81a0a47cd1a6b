// What is text: cards, tables, maps of numbers. Texts only ever become text.

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const at = (id) => document.getElementById(id);
const header = (text, scope = "col") => element("th", { scope }, text);
// What people read, and the value behind it for a CSV.
const cell = (text, value) => element("td", { "data-value": plain(value) }, text);
// A column of the CSV alone.
const unseenHeader = (text) => element("th", { scope: "col", hidden: "" }, text);
const unseenCell = (value) => element("td", { hidden: "" }, plain(value));

// A cell with a share from 0 to 1 of colour behind its text.
function shaded(tag, text, share, attributes = {}) {
  const cell = element(tag, attributes, text);
  cell.style.setProperty("--share", share.toFixed(3));
  return cell;
}

function table(caption, titles, rows) {
  return element("table", {},
    element("caption", { class: "unseen" }, caption),
    element("thead", {}, element("tr", {}, ...titles.map((title) => (title instanceof Element ? title : header(title))))),
    element("tbody", {}, ...rows.map((cells) => element("tr", {}, ...cells))));
}

function drawCards(scope, span) {
  const now = totalsOf(scope, span);
  const before = spanBefore(span);
  const earlier = before && totalsOf(scope, before);
  const card = (name, label, value, note, isShare = false) => {
    const isKnown = earlier && earlier[name] && now[name] !== null;
    const change = isKnown ? [element("dd", { class: "change" }, toldChange(now[name], earlier[name], isShare))] : [];
    return element("div", { id: `card-${name}` },
      element("dt", {}, label), element("dd", { class: "figure" }, value), ...change, element("dd", { class: "note" }, note));
  };
  at("changes-note").hidden = !earlier;
  at("students-unknown").hidden = now.students !== null;
  at("students-unknown").textContent = filled(words.students_unknown, { days: scope.exactDays });
  document.querySelector(".cards").replaceChildren(
    card("attempts", words.attempts, whole.format(now.attempts), `${words.runs}: ${whole.format(now.runs)} · ${words.submits}: ${whole.format(now.submits)}`),
    card("students", words.students, told(now.students, whole), words.students_note),
    card("success", words.success, toldPercent(now.success), words.success_note, true),
    card("runsPerSubmit", words.runs_per_submit, told(now.runsPerSubmit, tenths), words.runs_per_submit_note),
    card("studentsADay", words.students_a_day, told(now.studentsADay, tenths), words.students_a_day_note));
}

function taskRows(tasks) {
  return tasks.map((task) => [
    element("th", { scope: "row", "data-value": task.name },
      element("span", { class: "name" }, task.name),
      element("span", { class: "note" }, data.courseNames[task.course])),
    unseenCell(data.courseNames[task.course]),
    shaded("td", toldPercent(task.success), (task.success ?? 0) / 100, { class: "bar", "data-value": plain(task.success) }),
    cell(toldPercent(task.firstTry), task.firstTry),
    cell(told(task.median, tenths), task.median),
    cell(whole.format(task.students), task.students),
    cell(whole.format(task.attempts), task.attempts),
    cell(whole.format(task.submits), task.submits),
  ]);
}

function drawTasks(scope, span) {
  const tasks = tasksOf(scope, span);
  const titles = () => [words.task, unseenHeader(words.course), words.success, words.first_try, words.median, words.students, words.attempts, words.submits];
  const shown = (rows, caption) => (rows.length ? table(caption, titles(), taskRows(rows)) : element("p", {}, words.no_tasks));
  at("tasks").replaceChildren(shown(tasks.slice(0, 10), words.tasks));
  at("all-tasks").replaceChildren(shown(tasks, words.all_tasks));
  const known = spanOfTasks(span);
  at("tasks-span").hidden = lengthOf(known) === lengthOf(span);
  at("tasks-span").textContent = filled(words.tasks_span, blanksOf(known));
}

function drawRetention(span) {
  const shownCohorts = cohortsOf(span);
  const weeks = Math.max(0, ...shownCohorts.map(({ active }) => active.length - 1));
  const later = Array.from({ length: weeks }, (_, n) => n + 1);
  const rows = shownCohorts.map(({ monday, active }) => [
    element("th", { scope: "row", "data-value": isoDate(monday) }, longDay.format(dateOf(monday))),
    cell(whole.format(active[0]), active[0]),
    ...later.map((week) => {
      if (week >= active.length) return element("td");
      const share = active[week] / active[0];
      const unfinished = monday + week * 7 + 6 >= dayCount ? "…" : "";
      return shaded("td", `${whole.format(100 * share)} %${unfinished}`, share, { "data-value": plain(100 * share) });
    }),
  ]);
  const titles = [words.cohort, words.cohort_size, ...later.map((week) => filled(words.later_week, { weeks: week }))];
  const map = rows.length ? table(words.retention, titles, rows) : element("p", {}, words.no_cohorts);
  map.className = "map";
  at("retention").replaceChildren(map);
}
